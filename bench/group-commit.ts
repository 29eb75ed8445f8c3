import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transfer } from '../src/payments/ledger-store.ts';
import { systemClock } from '../src/platform/clock.ts';
import { createIds } from '../src/platform/ids.ts';
import { openLedger } from '../src/store/open.ts';
import type { Pair } from './pair.ts';

const commands = 500;

/** What it brings that waiting commands are committed together: the same transfers, all at once or one after another. */
export async function groupCommit(): Promise<Pair> {
  const home = await mkdtemp(join(tmpdir(), 'cagebridge-bench-'));
  const ledger = await openLedger({ url: `sqlite:${join(home, 'ledger.sqlite')}`, createIfEmpty: true });
  const ids = createIds({ clock: systemClock });
  const transfers = () => Array.from({ length: commands }, () => transferTo(ids.uuid()));
  return {
    name: `${commands} ledger commands, each durable before it is answered`,
    one: {
      name: 'waiting together',
      run: async () => {
        await Promise.all(transfers().map((command) => ledger.transfer(command)));
      },
    },
    other: {
      name: 'one after another',
      run: async () => {
        for (const command of transfers()) await ledger.transfer(command);
      },
    },
    async [Symbol.asyncDispose]() {
      await ledger.close();
      await rm(home, { recursive: true });
    },
  };
}

/** From play, so that it needs no funds; a player of its own, so that commands can share a group. */
function transferTo(id: string): Transfer {
  const at = new Date();
  const amount = { minor: 100n, currency: 'EUR' };
  const entry = {
    debit: 'play:main',
    credit: `player:main:${id}`,
    amount,
    brand: 'main',
    groupId: id,
    postingKey: `transfer:${id}:1`,
    reason: 'transfer',
    recordedAt: at,
    effectiveAt: at,
    accountingDate: at.toISOString().slice(0, 10),
  };
  return {
    commandId: id,
    transferId: id,
    fingerprint: 'v1:bench',
    brand: 'main',
    playerId: id,
    direction: 'fromPlay',
    amount,
    at,
    entries: [entry],
  };
}
