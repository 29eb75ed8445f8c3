import { join } from 'node:path';
import { createBook, type Book } from './book.ts';
import type { DayBooks } from './booked-days.ts';
import type { ControlledGateway } from './control.ts';
import { openDoor, type Door, type DoorOptions } from './door.ts';
import { createFaults, type FaultOrder, type Faults, type Repertoire } from './faults.ts';
import { openJournal, type Journal } from './journal.ts';
import type { ReturnMaker } from './returns.ts';

/** What the gateways of one sandbox have in common. */
export interface Surroundings {
  /** A loopback address or name. */
  readonly host: string;
  /** The directory of the journals, which outlive the process: `sandbox/NAME.jsonl` in it. */
  readonly home: string;
  readonly clock: { now(): Date };
  /** From 0 to below 1: decides about faults that have a probability. */
  readonly random: () => number;
  readonly instructionsMax: number;
}

/** What a gateway stands on. */
export interface Ground {
  readonly journal: Journal;
  readonly faults: Faults;
  readonly book: Book;
}

/** What tells one gateway from another. */
export interface GatewayKind extends Repertoire, Pick<DoorOptions, 'port' | 'tls'> {
  readonly name: string;
  readonly referencePrefix: string;
  /** How it speaks, and what it sends of its own accord until it is closed. */
  readonly speak: (ground: Ground) => Speech;
}

export interface Speech extends Pick<DoorOptions, 'admit' | 'refuse' | 'reply'> {
  readonly webhooks?: () => readonly object[];
  /** Where the gateway lets money come back. */
  readonly giveBack?: ReturnMaker['make'];
  /** What its account comes to, day by day. */
  readonly books?: DayBooks;
  readonly close?: () => Promise<void>;
}

export interface OpenGateway {
  readonly port: number;
  readonly controlled: ControlledGateway;
  readonly books?: DayBooks;
  close(): Promise<void>;
}

const faultsMax = 100;

/** Opens a gateway: its journal, its decisions, its door. Where one of them fails the others are closed again. */
export async function openGateway(kind: GatewayKind, surroundings: Surroundings): Promise<OpenGateway> {
  const { host, home, clock, random, instructionsMax } = surroundings;
  const { name, modes, operations, referencePrefix } = kind;
  await using opened = new AsyncDisposableStack();
  const journal = await openJournal({ file: join(home, 'sandbox', `${name}.jsonl`), instructionsMax });
  opened.defer(() => journal.close());
  const faults = createFaults({ modes, random, faultsMax });
  const book = createBook({ journal, faults, now: () => clock.now().getTime(), referencePrefix });
  const { webhooks, giveBack, close, books, ...speech } = kind.speak({ journal, faults, book });
  opened.defer(async () => close?.());
  const door = await openDoor({
    ...speech,
    host,
    port: kind.port,
    tls: kind.tls,
    resets: () => faults.take('connection') !== undefined,
    isRefusing: () => faults.list().some(({ mode }) => modes[mode]?.moment === 'connection'),
  });
  opened.defer(() => door.close());

  const running = opened.move();
  return {
    port: door.port,
    ...(books && { books }),
    controlled: {
      name,
      modes,
      operations,
      journal,
      faults,
      statusOf: (instruction) => book.statusOf(instruction),
      webhooks: webhooks ?? (() => []),
      ...(giveBack && { giveBack }),
      ...armament(faults, door),
    },
    async close() {
      faults.clear();
      await running.disposeAsync();
    },
  };
}

/** Arming also acts on connections that stand already: one that stays open would never meet a refused connection. */
function armament(faults: Faults, door: Door): Pick<ControlledGateway, 'arm' | 'disarm'> {
  return {
    async arm(order) {
      if (faults.isFull()) return { refused: `at most ${faultsMax} faults are armed at once` };
      const fault = faults.add(order);
      if (order.mode !== 'connectionRefused') return fault;
      door.dropIdle();
      if (!isForEverybody(order)) return fault;
      door.refuse(
        order.delayMs === 0 ? undefined : { ms: order.delayMs, ended: () => faults.remove(fault.id) },
      );
      return fault;
    },
    async disarm() {
      faults.clear();
      await door.accept();
    },
  };
}

/** The system refuses on its own and cannot be asked how often, so what is counted or diced is reset by the gateway instead. */
function isForEverybody({ count, probability }: FaultOrder): boolean {
  return count === undefined && probability === undefined;
}
