/** Who is denied while his connections stand: what becomes of them, and of his next request, with the ledger and without it. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, test, type TestContext } from 'node:test';
import { openLedgerDirectory } from '../../../src/inbound/ledger-directory.ts';
import { LedgerUnavailable } from '../../../src/payments/ledger-store.ts';
import type { PartnerStore } from '../../../src/payments/partner-store.ts';
import { certificateName } from '../../../src/pki/certificate.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createIds } from '../../../src/platform/ids.ts';
import { openStores } from '../../../src/store/open.ts';
import { movedClock } from '../../support/clock.ts';
import {
  ask,
  contentType,
  depositRequest,
  dial,
  head,
  openDoor,
  part,
  receivedPayment,
  statusRequest,
} from '../../support/door-open.ts';
import { atEnd, ledgerFile, patient } from '../../support/store-ledger.ts';
import { type Callers, makeCallers, partner } from '../../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const nameOf = (certificate: string) => certificateName(new X509Certificate(certificate));

function post(body: string): string {
  return (
    head({ 'Content-Type': contentType('1.1'), 'Content-Length': String(Buffer.byteLength(body)) }) + body
  );
}

test('the idle connections of who is denied are closed at once, a busy one after its answer, and nobody else’s', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const { port, door, directory } = await openDoor(t, callers, {
    payments: {
      async initiate() {
        arrived.resolve();
        await decided.promise;
        return { payment: receivedPayment(), replayed: false };
      },
    },
  });
  const [idle, fresh, busy] = await Promise.all(
    [1, 2, 3].map(() => dial(port, callers.acmeCa, callers.acme)),
  );
  const other = await dial(port, callers.acmeCa, callers.birch);
  const reader = await dial(port, callers.acmeCa);
  for (const kept of [idle, other]) {
    kept?.socket.write(post(statusRequest()));
    await kept?.until('</soap:Envelope>');
  }
  busy?.socket.write(post(depositRequest()));
  await arrived.promise;

  directory.revoke(nameOf(callers.acme.certificate).fingerprint256);
  door.dismissStrangers();
  await Promise.all([idle?.untilClosed(), fresh?.untilClosed()]);
  decided.resolve();
  assert.match(
    (await busy?.untilClosed()) ?? '',
    /^HTTP\/1.1 200 OK[\s\S]*\r\nConnection: close\r\n[\s\S]*RCVD/,
  );
  assert.deepEqual([other.socket.closed, reader.socket.closed], [false, false]);
  other.socket.destroy();
  reader.socket.destroy();
});

/** A door whose partners are in a ledger that can be cut off; its clock is the test's. */
async function doorOverLedger(t: TestContext) {
  const { partners: store, ledger } = await openStores({
    url: `sqlite:${await ledgerFile(t)}`,
    createIfEmpty: true,
    limits: patient,
  });
  atEnd(t, () => ledger.close());
  const ids = createIds({ clock: systemClock });
  const about = { subject: 'ada', reason: 'asked for', at: new Date() } as const;
  for (const said of [partner('acme', callers.acmeCa), partner('birch', callers.birchCa)]) {
    const revision = { id: ids.uuid(), partner: said, revision: 1, origin: 'person', ...about } as const;
    await store.addRevision(revision);
  }
  const clock = movedClock();
  let isAway = false;
  const unlessAway =
    <Answer>(question: () => Promise<Answer>) =>
    (): Promise<Answer> =>
      isAway ? Promise.reject(new LedgerUnavailable('timeout')) : question();
  const directory = await openLedgerDirectory({
    configured: [],
    seed: () => Promise.resolve(),
    store: {
      partners: unlessAway(() => store.partners()),
      denials: unlessAway(() => store.denials()),
      directoryStamp: unlessAway(() => store.directoryStamp()),
    },
    revoked: [],
    brands: ['brand-1'],
    clock,
    unusable: (...found) => assert.fail(found.join(' ')),
  });
  const { port, door } = await openDoor(t, callers, { parts: { directory } });
  directory.onChange(() => door.dismissStrangers());
  const deny = (certificate: Parameters<PartnerStore['denyCertificate']>[0]['certificate']) =>
    store.denyCertificate({
      id: ids.uuid(),
      certificate,
      ...about,
      reason: 'keyCompromise',
      comment: 'lost',
    });
  return { port, clock, deny, cut: (away: boolean) => (isAway = away) };
}

test('while the ledger is away everybody is asked to come again, and who was denied meanwhile is refused at its return', async (t) => {
  const { port, clock, deny, cut } = await doorOverLedger(t);
  const codeOf = async (caller: Callers['acme']): Promise<readonly (number | string | undefined)[]> => {
    const { status, body } = await ask(port, { caller, body: statusRequest() }, callers.acmeCa);
    return [status, ...['Code', 'Outcome', 'Retry'].map((name) => part(body, name))];
  };
  const kept = await dial(port, callers.acmeCa, callers.acme);
  kept.socket.write(post(statusRequest()));
  await kept.until('</soap:Envelope>');

  cut(true);
  const { serialNumber, issuerHash } = nameOf(callers.acme.certificate);
  await deny({ serialNumber, issuerHash });
  clock.move(4_999);
  assert.equal((await codeOf(callers.birch))[0], 200, 'believed for less than 5 s');
  clock.move(1);
  for (const caller of [callers.acme, callers.birch]) {
    assert.deepEqual(await codeOf(caller), [500, 'LEDGER_UNAVAILABLE', 'UNKNOWN', 'SAME_ID']);
  }

  cut(false);
  assert.deepEqual(await codeOf(callers.acme), [
    500,
    'CLIENT_CERTIFICATE_NOT_ACCEPTED',
    'UNKNOWN',
    'SAME_ID',
  ]);
  assert.equal((await codeOf(callers.birch))[0], 200);
  // The look that found the denial has closed what stood.
  await kept.untilClosed();
});
