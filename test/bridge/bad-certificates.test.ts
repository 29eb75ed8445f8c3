/**
 * Certificate files that are bad, under a bridge that runs: it goes on with what it had, and says so everywhere.
 * `PRINT=1 npm test -- test/bridge/bad-certificates.test.ts` prints the table.
 */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { CertificatesConfig } from '../../src/config/certificates.ts';
import { readLedgerConfig } from '../../src/config.ts';
import { certificatesOf } from '../../src/cli/development.ts';
import { type Authority, type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { openStores } from '../../src/store/open.ts';
import { type House, type LogLine, openHouse } from '../support/bridge-house.ts';
import { paymentMessage } from '../support/bridge-requests.ts';
import { loopbackNames } from '../support/identities.ts';
import { listBy } from '../support/revocation-lists.ts';
import {
  type CertificateFiles,
  certificateFiles,
  issuerOf,
  monitored,
  shownAt,
} from '../support/rotating-house.ts';

let house: House;
let files: CertificateFiles;
let issuer: Authority;
let below: Authority;
let other: Credential;
let list: string;
const rows: string[][] = [];

const dayMs = 86_400_000;
const current = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 90 * dayMs) };

type Leaf = Partial<Parameters<typeof issueLeaf>[0]>;

async function leaf(more: Leaf = {}): Promise<Credential> {
  return issueLeaf({
    name: 'CN=localhost',
    usages: ['serverAuth'],
    altNames: loopbackNames,
    keyKind: 'ec-p256',
    issuer,
    ...current,
    ...more,
  });
}

before(async () => {
  house = await openHouse(async (config) => {
    const { ca } = await certificatesOf({ CAGEBRIDGE_HOME: config.home });
    list = await listBy(ca, []);
    // A round of the watch between two steps of a test would be no mistake, and would make the log longer.
    return { ...config, certificates: withList({ ...config.certificates, watchMs: 3_600_000 }, config.home) };
  });
  files = certificateFiles(house.whole.home);
  issuer = issuerOf(house.address.certificates.ca);
  below = await makeAuthority({ name: 'CN=Issuing', keyKind: 'ec-p256', issuer, ...current });
  other = await leaf();
});
after(async () => {
  await house.close();
  if (process.env['PRINT'] !== undefined) {
    const heads = ['files', 'part', 'reason', '/ready', 'gauge', 'log', 'shown to new connections'];
    const lines = [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
    console.log(`\n${lines.join('\n')}\n`);
  }
});

/** As if the configuration had named a list of revoked certificates. */
function withList(certificates: CertificatesConfig, home: string): CertificatesConfig {
  writeFileSync(certificateFiles(home).pathOf('list.pem'), list);
  const revocationLists = ['file:certs/list.pem'];
  const source = { part: 'revocationLists', at: '/certificates', revocationLists };
  return { ...certificates, revocationLists: [list], sources: [...certificates.sources, source] };
}

const cut = (text: string): string => text.slice(0, text.length / 2);
const encrypted = ({ key }: Credential): string =>
  String(
    createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'word' }),
  );

interface Row {
  readonly files: string;
  readonly part: string;
  readonly reason: string;
  readonly spoil: () => Promise<void> | void;
}

const rowsOfTable: readonly Row[] = [
  {
    files: "another one's key",
    part: 'doors.soap',
    reason: 'keyMismatch',
    spoil: () => files.write('server.key', other.key),
  },
  {
    files: 'the certificate was written, its key was not',
    part: 'doors.soap',
    reason: 'keyMismatch',
    spoil: () => files.write('server.pem', other.certificate),
  },
  {
    files: 'the certificate is cut off',
    part: 'doors.soap',
    reason: 'certificateUnreadable',
    spoil: () => files.write('server.pem', cut(other.certificate)),
  },
  {
    files: 'the certificate is empty',
    part: 'doors.soap',
    reason: 'certificateUnreadable',
    spoil: () => files.write('server.pem', ''),
  },
  {
    files: 'the key is half-written',
    part: 'doors.soap',
    reason: 'keyUnreadable',
    spoil: async () => {
      await files.write('server.pem', other.certificate);
      await files.write('server.key', cut(other.key));
    },
  },
  {
    files: 'the key has a passphrase that nobody gave',
    part: 'doors.soap',
    reason: 'keyUnreadable',
    spoil: async () => {
      await files.write('server.pem', other.certificate);
      await files.write('server.key', encrypted(other));
    },
  },
  {
    files: 'the key is gone',
    part: 'doors.soap',
    reason: 'fileUnreadable',
    spoil: () => rmSync(files.pathOf('server.key')),
  },
  {
    files: 'everybody can read the key',
    part: 'doors.soap',
    reason: 'fileUnreadable',
    spoil: () => files.write('server.key', other.key, 0o644),
  },
  {
    files: 'it has ended',
    part: 'doors.soap',
    reason: 'expired',
    spoil: async () =>
      files.put(
        'server',
        await leaf({ notBefore: new Date(Date.now() - 9 * dayMs), notAfter: new Date(Date.now() - dayMs) }),
      ),
  },
  {
    files: 'it begins tomorrow',
    part: 'doors.soap',
    reason: 'notYetValid',
    spoil: async () => files.put('server', await leaf({ notBefore: new Date(Date.now() + dayMs) })),
  },
  {
    files: 'it is for clients',
    part: 'doors.soap',
    reason: 'wrongPurpose',
    spoil: async () => files.put('server', await leaf({ usages: ['clientAuth'] })),
  },
  {
    files: 'RSA of 1024 bits',
    part: 'doors.soap',
    reason: 'weakKey',
    spoil: async () => files.put('server', await leaf({ keyKind: 'rsa-1024' })),
  },
  {
    files: 'its intermediate is missing',
    part: 'doors.soap',
    reason: 'chainIncomplete',
    spoil: async () => {
      const whole = await leaf({ issuer: below });
      await files.put('server', { ...whole, certificate: whole.certificate + below.certificate });
      house.whole.bridge.reloadCertificates();
      await files.put('server', await leaf({ issuer: below }));
    },
  },
  {
    files: 'it is for another host',
    part: 'doors.soap',
    reason: 'namesLost',
    spoil: async () =>
      files.put('server', await leaf({ altNames: [{ type: 'dns', value: 'inside.example' }] })),
  },
  {
    files: 'its chain is in the wrong order',
    part: 'doors.soap',
    reason: 'chainOutOfOrder',
    spoil: async () => {
      const whole = await leaf({ issuer: below });
      await files.put('server', { ...whole, certificate: below.certificate + whole.certificate });
    },
  },
  {
    files: "another one's key",
    part: 'doors.public',
    reason: 'keyMismatch',
    spoil: () => files.write('public.key', other.key),
  },
  {
    files: 'what we show the bank has another key',
    part: 'gateways.bank',
    reason: 'keyMismatch',
    spoil: () => files.write('gateway-client.key', other.key),
  },
  {
    files: 'what we show the bank is for servers',
    part: 'gateways.bank',
    reason: 'wrongPurpose',
    spoil: () => files.put('gateway-client', other),
  },
  {
    files: 'the authorities of the PSP are gone',
    part: 'gateways.psp',
    reason: 'fileUnreadable',
    spoil: () => rmSync(files.pathOf('ca.pem')),
  },
  {
    files: 'the authorities of the PSP are cut off',
    part: 'gateways.psp',
    reason: 'authoritiesUnreadable',
    spoil: () => files.write('ca.pem', cut(issuer.certificate)),
  },
  {
    files: 'the authorities of the PSP have all ended',
    part: 'gateways.psp',
    reason: 'authoritiesOutOfDate',
    spoil: async () =>
      files.write(
        'ca.pem',
        (
          await makeAuthority({
            name: 'CN=Ended',
            keyKind: 'ec-p256',
            notBefore: new Date(Date.now() - 9 * dayMs),
            notAfter: new Date(Date.now() - dayMs),
          })
        ).certificate,
      ),
  },
  {
    files: 'the list of revoked certificates is cut off',
    part: 'revocationLists',
    reason: 'listUnreadable',
    spoil: () => files.write('list.pem', cut(list)),
  },
];

function linesOf(action: string): LogLine[] {
  const lines = house.whole
    .log()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as LogLine).filter((line) => line['event.action'] === action);
}

async function restore(): Promise<void> {
  const { ca, server, public: open, 'gateway-client': client } = house.address.certificates;
  await files.put('server', server);
  await files.put('public', open);
  await files.put('gateway-client', client);
  await files.write('ca.pem', ca.certificate);
  await files.write('list.pem', list);
  house.whole.bridge.reloadCertificates();
}

/** What a new connection meets at the SOAP door; the authorities above every certificate of this file are trusted. */
const shown = (): Promise<string> => shownAt(house.address.port, issuer.certificate);

describe('files that are bad leave the ones before in service', () => {
  for (const { files: title, part, reason, spoil } of rowsOfTable) {
    test(`${part}: ${title}`, async () => {
      await restore();
      const told = linesOf('certificates.refused').length;
      const { alarms } = await monitored(house);
      await spoil();
      const serving = await shown();
      house.whole.bridge.reloadCertificates();
      // Told once, however often it is looked at.
      house.whole.bridge.reloadCertificates();
      const seen = await monitored(house);
      const lines = linesOf('certificates.refused').slice(told);
      const line = lines.find((one) => one['labels.part'] === part);
      const shownThen = await shown();

      assert.equal(seen.ready, '200 degraded');
      assert.ok(seen.parts.includes(`${part} ${reason}`), seen.parts.join(', '));
      assert.ok(seen.gauge.includes(part));
      assert.equal(seen.alarms, alarms + seen.parts.length);
      assert.equal(lines.length, seen.parts.length);
      assert.equal(line?.['labels.refusal'], reason);
      assert.equal(line?.['log.level'], 'error');
      assert.equal(shownThen, serving);
      assert.doesNotMatch(JSON.stringify(lines), /BEGIN|-----/);
      const reference = `bad-${rows.length}`;
      const paid = await house.send(paymentMessage('1.1', { operation: 'Deposit', reference }));
      assert.equal(paid.status, 'ACSC');

      await restore();
      const mended = await monitored(house);
      assert.deepEqual([mended.ready, mended.gauge], ['200 up', []]);
      rows.push([
        title,
        part,
        reason,
        seen.ready,
        '1',
        String(line?.['event.action']),
        'as before, a deposit settles',
      ]);
    });
  }

  test('each refusal is in the audit trail, with its part and its word', async () => {
    const opened = await openStores(readLedgerConfig(house.whole.env).ledger);
    await house.whole.bridge.stop();
    const acts = await opened.partners.certificateActs({ limit: 1000 });
    await opened.ledger.close();
    const refused = acts.filter(({ kind }) => kind === 'refused').map(({ reason }) => reason);
    for (const { part, reason } of rowsOfTable)
      assert.ok(refused.includes(`${part}: ${reason}`), `${part} ${reason}`);
  });
});
