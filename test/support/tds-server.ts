/**
 * A server that speaks just enough of TDS (the protocol of SQL Server) for a driver to log in without encryption, and
 * then does to each request what a test wants: it is for faults that no real server makes on demand.
 */
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { plainServer } from './plain-server.ts';

export type Reaction =
  /** An error of the server: its number, and how severe it is. */
  | { readonly kind: 'error'; readonly number: number; readonly severity?: number }
  /** One row of `n` and `kind`. */
  | { readonly kind: 'outcome'; readonly outcome: string }
  /** The connection ends, and nothing was said. */
  | { readonly kind: 'drop' }
  /** No answer ever. */
  | { readonly kind: 'silence' }
  /** An answer that is none. */
  | { readonly kind: 'garbage' };

export interface TdsServer {
  readonly port: number;
  /** Requests that came, in all connections. */
  readonly requests: () => number;
  readonly connections: () => number;
}

const prelogin = 0x12;
const login = 0x10;
const remoteCall = 0x03;

/** Reacts to the requests one after the other, and to what comes later as to the last one. */
export async function tdsServer(t: TestContext, reactions: readonly Reaction[]): Promise<TdsServer> {
  let requests = 0;
  let connections = 0;
  const { port } = await plainServer(t, (socket) => {
    connections += 1;
    let waiting = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      waiting = Buffer.concat([waiting, chunk]);
      while (waiting.length >= 8 && waiting.length >= waiting.readUInt16BE(2)) {
        const packet = waiting.subarray(0, waiting.readUInt16BE(2));
        waiting = waiting.subarray(packet.length);
        // The last packet of a message.
        if ((packet[1]! & 0x01) !== 0) answer(socket, packet[0]!);
      }
    });
  });
  return { port, requests: () => requests, connections: () => connections };

  function answer(socket: Socket, type: number): void {
    if (type === prelogin) return send(socket, preloginAnswer);
    if (type === login) return send(socket, Buffer.concat([loginAck, done()]));
    // What the driver sets after the login, and the attention by which it gives a request up.
    if (type !== remoteCall) return type === 0x01 ? send(socket, done()) : undefined;
    const reaction = reactions[Math.min(requests, reactions.length - 1)]!;
    requests += 1;
    react(socket, reaction);
  }
}

function react(socket: Socket, reaction: Reaction): void {
  switch (reaction.kind) {
    case 'error':
      return send(socket, Buffer.concat([errorToken(reaction.number, reaction.severity ?? 14), done(0x02)]));
    case 'outcome':
      return send(socket, Buffer.concat([columns, row(0, reaction.outcome), done(0x10)]));
    case 'drop':
      return void socket.destroy();
    case 'garbage':
      return send(socket, Buffer.from([0x01, 0x02, 0x03, 0x04]));
    case 'silence':
  }
}

function send(socket: Socket, payload: Buffer): void {
  const header = Buffer.from([0x04, 0x01, 0, 0, 0, 0, 1, 0]);
  header.writeUInt16BE(payload.length + 8, 2);
  socket.write(Buffer.concat([header, payload]));
}

/** Version 15.0 and "encryption is not supported". */
const preloginAnswer = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 15, 0, 0, 0, 0, 0, 2]);

const loginAck = ((): Buffer => {
  const name = ucs2('fake');
  const body = Buffer.concat([Buffer.from([1, 0x74, 0, 0, 4, 4]), name, Buffer.from([15, 0, 0, 0])]);
  return Buffer.concat([Buffer.from([0xad]), length16(body), body]);
})();

function done(status = 0): Buffer {
  const token = Buffer.alloc(13);
  token.writeUInt8(0xfd, 0);
  token.writeUInt16LE(status, 1);
  return token;
}

function errorToken(number: number, severity: number): Buffer {
  const text = ucs2('a text with a SECRET value in it');
  const fixed = Buffer.alloc(6);
  fixed.writeUInt32LE(number, 0);
  fixed.writeUInt8(1, 4);
  fixed.writeUInt8(severity, 5);
  const characters = Buffer.alloc(2);
  characters.writeUInt16LE(text.length / 2, 0);
  const body = Buffer.concat([fixed, characters, text, Buffer.from([0, 0, 1, 0, 0, 0])]);
  return Buffer.concat([Buffer.from([0xaa]), length16(body), body]);
}

/** `n int, kind nvarchar(32)` */
const columns = Buffer.concat([
  Buffer.from([0x81, 2, 0]),
  Buffer.from([0, 0, 0, 0, 0, 0, 0x26, 4, 1]),
  ucs2('n'),
  Buffer.from([0, 0, 0, 0, 0, 0, 0xe7, 64, 0, 0x09, 0x04, 0xd0, 0, 0x34, 4]),
  ucs2('kind'),
]);

function row(n: number, kind: string): Buffer {
  const number = Buffer.alloc(5);
  number.writeUInt8(4, 0);
  number.writeInt32LE(n, 1);
  const text = ucs2(kind);
  return Buffer.concat([Buffer.from([0xd1]), number, length16(text), text]);
}

function length16(body: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(body.length, 0);
  return length;
}

function ucs2(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}
