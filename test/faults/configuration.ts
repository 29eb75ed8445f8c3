/** The configuration of these bridges: everything that is waited for in hours elsewhere takes a second here. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../src/platform/json.ts';

/** A gateway is waited for so long; what was not sent within that is not sent. */
const patience = { connectTimeoutMs: 500, totalTimeoutMs: 1_200 };

/** The schedule of status checks. The grace is longer than the total time-out, as it must be. */
const checks = {
  scheduleMs: [300, 500, 500, 1_000, 1_000, 1_000, 2_000, 2_000, 4_000, 4_000],
  afterwardsMs: 3_000,
  jitter: 0.2,
  notFoundGraceMs: 1_500,
  dedupWindowMs: 600_000,
  resendsMax: 2,
};

/** Hard to open, so that the faults are met and not avoided, and closed soon after a gateway was really away. */
const breaker = { windowCalls: 20, callsMin: 20, failureShareMax: 0.9, openMs: 300 };

/** A claim outlasts every call, and a process that is stopped for longer has lost it. */
export const claimLeaseMs = 5_500;

const limits = {
  payments: {
    sendWithinMs: 1_000,
    copyWaitMs: 1_500,
    statusAskMs: 1_500,
    recordTriesMax: 3,
    recordPauseMs: 100,
    claimLeaseMs,
    webhookRetriesMs: [200, 500, 1_000, 2_000, 4_000],
  },
  jobs: { pollMs: 100 },
  ledger: { commandTimeoutMs: 600, busyTimeoutMs: 600 },
  stop: { doorsWithinMs: 3_000, paymentsWithinMs: 1_000 },
};

/** One partner by both doors, so that the copies of a request may come by either. */
const partner = {
  id: 'partner-a',
  issuers: ['file:certs/ca.pem'],
  identities: [{ sanUri: 'urn:cagebridge:partner:partner-a' }],
  tokens: ['file:internal-token'],
  operations: ['deposit', 'withdrawal', 'status', 'cancel', 'transfer', 'read'],
  brands: ['main'],
  defaultBrand: 'main',
  currencies: ['EUR'],
};

/** Writes the file that CAGEBRIDGE_CONFIG names, and answers its path. */
export async function writeConfiguration(home: string): Promise<string> {
  const file = join(home, 'faults.json');
  const { gateways } = shipped('development.json');
  if (!Array.isArray(gateways)) throw new Error('the development configuration has no gateways');
  const document = {
    partners: [partner],
    // The configuration of development names a partner whom these bridges do not have.
    reconciliation: { coreList: { partner: partner.id } },
    gateways: gateways
      .filter(isJsonObject)
      .map((gateway) => ({ ...gateway, limits: patience, checks, breaker })),
    limits,
  };
  await writeFile(file, JSON.stringify(document));
  return file;
}

function shipped(name: string): JsonObject {
  const file = new URL(`../../config/${name}`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
}
