/** The life of a listener's connections: how old they grow, and how all of them end when the listener closes. */
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Server, Socket } from 'node:net';

export interface ConnectionsOptions {
  readonly socketLifetimeMsMax: number;
}

export interface Connections {
  /** To be called for each request before it is answered: it may be the last one of its connection. */
  enter(request: IncomingMessage, response: ServerResponse): void;
  /** Whether this connection is busy with a request; if so, it closes after it. */
  endIfBusy(socket: Socket): boolean;
  /** Closes the connections that this is true of: an idle one now, a busy one after its answer. */
  endWhere(isOver: (socket: Socket) => boolean): void;
  /**
   * Closes those after an answer, and an idle one after its next: whoever calls at this moment loses nothing. It is asked of
   * later ones, too, until it is called again.
   */
  endAfterNext(isOver: (socket: Socket) => boolean): void;
  /**
   * Stops accepting, closes idle connections, lets running requests finish for at most `withinMs`, then cuts what is
   * left. Resolves when every connection is closed, and may be called again.
   */
  close(withinMs: number): Promise<void>;
}

interface Life {
  readonly answering: Set<ServerResponse>;
  isLast: boolean;
}

/** Watches the connections of a listener from its start on; call it before `listen`. */
export function watchConnections(
  server: HttpServer | HttpsServer,
  { socketLifetimeMsMax }: ConnectionsOptions,
): Connections {
  const accepted = new Set<Socket>();
  const lives = new Map<Socket, Life>();
  let closing: Promise<void> | undefined;
  let isLeaving: ((socket: Socket) => boolean) | undefined;

  server.on('connection', (socket: Socket) => {
    accepted.add(socket);
    socket.once('close', () => accepted.delete(socket));
  });
  server.on(server instanceof HttpsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
    // Its handshake may have begun before others were told to leave.
    const life: Life = { answering: new Set(), isLast: isLeaving?.(socket) === true };
    lives.set(socket, life);
    // A handshake that ends after the listener has closed leads nowhere.
    if (closing !== undefined) retire(socket, life);
    const age = setTimeout(() => retire(socket, life), socketLifetimeMsMax);
    age.unref();
    socket.once('close', () => {
      clearTimeout(age);
      lives.delete(socket);
    });
  });

  function retire(socket: Socket, life: Life): void {
    announceLast(life);
    if (life.answering.size === 0) socket.destroySoon();
  }

  function enter({ socket }: IncomingMessage, response: ServerResponse): void {
    const life = lives.get(socket);
    if (life === undefined) return;
    life.answering.add(response);
    if (life.isLast) announceEnd(response);
    response.once('close', () => {
      life.answering.delete(response);
      // The answer may have been on its way, promising to keep the connection, when its time was up.
      if (life.isLast && life.answering.size === 0) socket.destroySoon();
    });
  }

  async function closeAll(withinMs: number): Promise<void> {
    for (const [socket, life] of lives) retire(socket, life);
    // A TLS connection is two sockets here, and one that is still in its handshake is only the outer one.
    await closeServer(server, withinMs, () => [...lives.keys(), ...accepted]);
  }

  return {
    enter,
    endIfBusy: (socket) => {
      const life = lives.get(socket);
      if (life === undefined || life.answering.size === 0) return false;
      retire(socket, life);
      return true;
    },
    endWhere(isOver) {
      for (const [socket, life] of lives) if (isOver(socket)) retire(socket, life);
    },
    endAfterNext(isOver) {
      isLeaving = isOver;
      for (const [socket, life] of lives) if (isOver(socket)) announceLast(life);
    },
    close: (withinMs) => (closing ??= closeAll(withinMs)),
  };
}

function announceLast(life: Life): void {
  life.isLast = true;
  for (const response of life.answering) announceEnd(response);
}

function announceEnd(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

async function closeServer(server: Server, withinMs: number, open: () => readonly Socket[]): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const cut = setTimeout(() => open().forEach((socket) => socket.destroy()), withinMs);
  await closed;
  clearTimeout(cut);
}
