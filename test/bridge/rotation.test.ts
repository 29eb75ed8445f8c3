/**
 * Certificates are changed under load: no request fails, kept connections go on under what they began with, new ones meet the
 * new one. `ROTATIONS=100 PRINT=1 npm test -- test/bridge/rotation.test.ts` is the long form.
 */
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Credential, issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { openStores } from '../../src/store/open.ts';
import { readLedgerConfig } from '../../src/config.ts';
import { entriesIn, type House, openHouse, printTable, readIn } from '../support/bridge-house.ts';
import { paymentMessage, statusMessage } from '../support/bridge-requests.ts';
import { fingerprint, loopbackNames } from '../support/identities.ts';
import { load } from '../support/load.ts';
import {
  type Caller,
  type CertificateFiles,
  certificateFiles,
  issuerOf,
  monitored,
  partnerCaller,
  shownAt,
} from '../support/rotating-house.ts';

const rotations = Number(process.env['ROTATIONS'] ?? 10);

let house: House;
let files: CertificateFiles;
let servers: readonly Credential[];
let clients: readonly Credential[];
const rows: string[][] = [];

const validity = {
  notBefore: new Date(Date.now() - 86_400_000),
  notAfter: new Date(Date.now() + 90 * 86_400_000),
};
before(async () => {
  house = await openHouse((config) => ({
    ...config,
    certificates: { ...config.certificates, watchMs: 100 },
  }));
  files = certificateFiles(house.whole.home);
  const issuer = issuerOf(house.address.certificates.ca);
  const leaf = { ...validity, issuer, keyKind: 'ec-p256' } as const;
  const made = async (more: {
    usages: readonly ('serverAuth' | 'clientAuth')[];
    altNames: typeof loopbackNames;
  }) => Promise.all(Array.from({ length: 4 }, () => issueLeaf({ name: 'CN=localhost', ...leaf, ...more })));
  servers = await made({ usages: ['serverAuth'], altNames: loopbackNames });
  clients = await made({ usages: ['clientAuth'], altNames: loopbackNames });
});
after(async () => {
  await house.close();
  printTable(['callers', 'requests', 'failures', 'certificates seen'], rows);
});

const at = (made: readonly Credential[], index: number): Credential =>
  made[index % made.length] as Credential;
const isOk = (status: number): string => (status === 200 ? 'ok' : `HTTP ${status}`);

describe('under load', () => {
  test(`${rotations} rotations of the SOAP door and of our certificate towards the bank lose nothing`, async () => {
    assert.equal(
      (await house.send(paymentMessage('1.1', { operation: 'Deposit', reference: 'known' }))).status,
      'ACSC',
    );
    const kinds = [true, false].flatMap((isKept) =>
      (['TLSv1.2', 'TLSv1.3'] as const).map((version) => ({
        isKept,
        version,
        seen: new Set<string>(),
        failed: 0,
        calls: 0,
      })),
    );
    const callers = kinds.map((kind): Caller => partnerCaller(house, kind));
    const initial = await shownAt(house.address.port, house.address.certificates.ca.certificate);
    let deposits = 0;
    const loaded = load(callers.length, async (index) => {
      const kind = kinds[index];
      assert.ok(kind);
      kind.calls += 1;
      // Every third one is a payment, so that the bank is called as well.
      const isDeposit = kind.calls % 3 === 0;
      const reference = isDeposit ? `turn-${++deposits}` : 'known';
      const body = isDeposit
        ? paymentMessage('1.1', { operation: 'Deposit', reference })
        : statusMessage('1.1', { reference });
      const { status, shown, body: said } = await callers[index]!.call(body);
      kind.seen.add(shown);
      const outcome = readIn({ status, body: said, headers: {} }).status === 'ACSC' ? isOk(status) : said;
      if (outcome !== 'ok') kind.failed += 1;
      return outcome;
    });
    for (let turn = 1; turn <= rotations; turn += 1) {
      await loaded.more(callers.length * 3);
      await files.put('server', at(servers, turn));
      await files.put('gateway-client', at(clients, turn));
      // As SIGHUP does; between, the watch looks on its own.
      house.whole.bridge.reloadCertificates();
      assert.equal(
        await shownAt(house.address.port, house.address.certificates.ca.certificate),
        fingerprint(at(servers, turn)),
      );
    }
    await loaded.more(callers.length * 3);
    await loaded.end();
    for (const caller of callers) caller.close();

    for (const { isKept, version, calls, failed, seen } of kinds) {
      const how = `${isKept ? 'one kept connection' : 'a new connection each'}, ${version}`;
      rows.push([how, String(calls), String(failed), `${seen.size}`]);
      // A kept connection goes on under the certificate that it began with.
      if (isKept) assert.deepEqual([...seen], [initial]);
      else for (const one of servers) assert.ok(seen.has(fingerprint(one)), `${version}: ${seen.size} seen`);
    }
    assert.deepEqual([...loaded.outcomes], [['ok', loaded.calls]]);
    assert.equal((await house.bank.effects()).length, deposits + 1, 'each deposit once at the bank');
    assert.equal((await entriesIn(house.ledger)).length, deposits + 1);
    assert.deepEqual((await monitored(house)).parts, []);
  });

  test('the watch takes a rotation that nobody tells of, once the files are quiet', async () => {
    const next = at(servers, rotations + 1);
    await files.put('server', next);
    const { port, certificates } = house.address;
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await shownAt(port, certificates.ca.certificate)) === fingerprint(next)) return;
      await pause(50);
    }
    assert.fail('it still shows the old one');
  });

  test('half a rotation is no alarm: the certificate is there before its key', async () => {
    const { alarms } = await monitored(house);
    const next = at(servers, rotations + 2);
    await files.write('server.pem', next.certificate);
    await files.write('server.key', next.key);
    const { port, certificates } = house.address;
    while ((await shownAt(port, certificates.ca.certificate)) !== fingerprint(next)) await pause(50);
    assert.equal((await monitored(house)).alarms, alarms);
  });

  test('all options of the door are there after a rotation: no resumption, no CBC, who is nobody is told so', async () => {
    const { port, certificates } = house.address;
    const ca = certificates.ca.certificate;
    await assert.rejects(
      shownAt(port, ca, {
        maxVersion: 'TLSv1.2',
        ciphers: 'ECDHE-ECDSA-AES256-SHA384:ECDHE-RSA-AES256-SHA384',
      }),
    );
    await assert.rejects(
      shownAt(port, ca, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }),
    );
    const refused = await house.send(statusMessage('1.1', { reference: 'known' }), {
      caller: certificates.stranger,
    });
    assert.equal(refused.http, 500);
    assert.equal((await house.send(statusMessage('1.1', { reference: 'known' }))).status, 'ACSC');
  });

  test('what was loaded is in the audit trail, by its fingerprint', async () => {
    const opened = await openStores(readLedgerConfig(house.whole.env).ledger);
    let acts = await opened.partners.certificateActs({ limit: 1000 });
    for (let tries = 0; tries < 50 && acts.length < 2 * rotations; tries += 1) {
      await pause(100);
      acts = await opened.partners.certificateActs({ limit: 1000 });
    }
    await opened.ledger.close();
    const told = acts.filter(({ kind, subject }) => kind === 'loaded' && subject === 'bridge');
    for (const made of [...servers, ...clients]) {
      assert.ok(told.some(({ fingerprint256 }) => fingerprint256 === fingerprint(made)));
    }
    assert.doesNotMatch(house.whole.log(), /PRIVATE KEY/);
  });
});

describe('another authority of the bank', () => {
  test('is believed once its file is there, and then the old one is not', async () => {
    const other = await makeAuthority({ name: 'CN=Another', ...validity, keyKind: 'ec-p256' });
    assert.ok(createPrivateKey(other.key));
    const ca = house.address.certificates.ca.certificate;
    // Both first, then the new one alone: the order that loses nothing.
    await files.write('ca.pem', ca + other.certificate);
    house.whole.bridge.reloadCertificates();
    const deposit = async (reference: string): Promise<string | undefined> =>
      (await house.send(paymentMessage('1.1', { operation: 'Deposit', reference }))).status;
    assert.equal(await deposit('both-authorities'), 'ACSC');
    await files.write('ca.pem', other.certificate);
    house.whole.bridge.reloadCertificates();
    assert.equal(await deposit('other-authority'), 'RJCT ED06');
    await files.write('ca.pem', ca);
    house.whole.bridge.reloadCertificates();
  });
});
