import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isLoopback } from '../platform/hosts.ts';
import { compileSchema } from '../platform/xml.ts';
import { bankAnswers } from './bank-answers.ts';
import { bankModes, createBankBook } from './bank-book.ts';
import { openBankDoor, type BankDoor, type BankTls } from './bank-door.ts';
import { createControl, type ControlledGateway } from './control.ts';
import { createFaults, type FaultOrder, type Faults } from './faults.ts';
import { openJournal } from './journal.ts';

export interface BankSandboxOptions {
  /** A loopback address or name: neither port has a place on a network. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly bankPort: number;
  readonly controlPort: number;
  readonly tls: BankTls;
  /** The directory of the journal, which outlives the process: `sandbox/bank.jsonl` in it. */
  readonly home: string;
  readonly clock?: { now(): Date };
  /** From 0 to below 1: decides about faults that have a probability. */
  readonly random?: () => number;
  readonly instructionsMax?: number;
}

export interface BankSandbox {
  /** The ports that were bound. */
  readonly bank: number;
  readonly control: number;
  /** Drops every connection and closes the journal. */
  close(): Promise<void>;
}

/** The path at which the bank answers. */
export const bankPath = '/bank/v1';
const schemaName = 'bank-gateway-v1.xsd';
const faultsMax = 100;

/**
 * Starts the bank: SOAP by wsdl/bank-gateway-v1.wsdl over mutual TLS, with a journal of what it executed, and a control port that
 * shows the journal and arms faults. It is a real server with a durable memory: what it has executed, it knows after
 * `kill -9`. Armed faults are forgotten with the process.
 */
export async function startBankSandbox(options: BankSandboxOptions): Promise<BankSandbox> {
  if (!isLoopback(options.host)) throw new Error('the sandbox listens on loopback only');
  const { clock = { now: () => new Date() }, random = Math.random, instructionsMax = 1_000_000 } = options;
  const schemaFile = await readFile(new URL(`../../xsd/${schemaName}`, import.meta.url));
  const schema = compileSchema(new Map([[schemaName, schemaFile]]), schemaName);
  // Whatever was opened is closed again, last first: when the sandbox ends, and when it cannot start whole.
  await using opened = new AsyncDisposableStack();
  const journal = await openJournal({ file: join(options.home, 'sandbox', 'bank.jsonl'), instructionsMax });
  opened.defer(() => journal.close());
  const faults = createFaults({ modes: bankModes, random, faultsMax });
  const book = createBankBook(journal, faults, () => clock.now().getTime());
  const door = await openBankDoor({
    host: options.host,
    port: options.bankPort,
    tls: options.tls,
    path: bankPath,
    resets: () => faults.take('connection') !== undefined,
    isRefusing: () =>
      faults.list().some(({ mode }) => bankModes[mode as keyof typeof bankModes].moment === 'connection'),
    reply: bankAnswers({ book, faults, schema }),
  });
  opened.defer(() => door.close());
  const control = createControl([
    {
      name: 'bank',
      modes: bankModes,
      journal,
      faults,
      statusOf: (instruction) => book.statusOf(instruction),
      ...armament(faults, door),
    },
  ]);
  opened.defer(() => {
    control.close();
    control.closeAllConnections();
  });
  control.listen(options.controlPort, options.host);
  await once(control, 'listening');

  const running = opened.move();
  return {
    bank: door.port,
    control: (control.address() as AddressInfo).port,
    async close() {
      faults.clear();
      await running.disposeAsync();
    },
  };
}

/** Arming also acts on connections that stand already: one that stays open would never meet a refused connection. */
function armament(faults: Faults, door: BankDoor): Pick<ControlledGateway, 'arm' | 'disarm'> {
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

/** The system refuses on its own and cannot be asked how often, so what is counted or diced is reset by the bank instead. */
function isForEverybody({ count, probability }: FaultOrder): boolean {
  return count === undefined && probability === undefined;
}
