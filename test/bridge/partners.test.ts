/** Two bridges on one ledger: who may come in is said once, and counts at both of them. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLedgerConfig } from '../../src/config.ts';
import type { PartnerRevision } from '../../src/payments/partner-store.ts';
import type { Credential } from '../../src/pki/authority.ts';
import { issueLeaf, makeAuthority } from '../../src/pki/authority.ts';
import { certificateName } from '../../src/pki/certificate.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createIds } from '../../src/platform/ids.ts';
import { openStores } from '../../src/store/open.ts';
import type { Stores } from '../../src/store/ledger.ts';
import { type Address, type House, openHouse, send } from '../support/bridge-house.ts';
import { statusMessage } from '../support/bridge-requests.ts';
import { ask } from '../support/door-open.ts';
import { daysFromNow, partnerUri } from '../support/tls-callers.ts';

const ids = createIds({ clock: systemClock });
const effectiveMsMax = 5_000;

let house: House;
let other: Address;
let stores: Stores;
before(async () => {
  house = await openHouse();
  other = await house.another((config) => config);
  stores = await openStores({ ...readLedgerConfig(house.whole.env).ledger, createIfEmpty: false });
});
after(async () => {
  await stores.ledger.close();
  await house.close();
});

/** A caller who keeps one connection, and hears when it is closed. */
function keptConnection(t: TestContext, { port, certificates }: Address, caller: Credential) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const sockets = new Set<Socket>();
  agent.on('free', (socket: Socket) => sockets.add(socket));
  return {
    sockets,
    ask: () =>
      ask(port, { caller, agent, body: statusMessage('1.1', { reference: 'nobody-s' }) }, certificates.ca),
  };
}

async function within(ms: number, holds: () => boolean | Promise<boolean>): Promise<number> {
  const begun = performance.now();
  while (!(await holds())) {
    const tookMs = performance.now() - begun;
    assert.ok(tookMs < ms, `not so after ${ms} ms`);
    await sleep(50);
  }
  return performance.now() - begun;
}

async function say(
  change: (newest: PartnerRevision) => PartnerRevision['partner'],
  id: string,
): Promise<void> {
  const [newest] = await stores.partners.revisionsOf(id, 1);
  assert.ok(newest !== undefined);
  const { revision } = newest;
  const partner = change(newest);
  const about = { origin: 'person', subject: 'ada', reason: 'asked for', at: new Date() } as const;
  const said = await stores.partners.addRevision({
    id: ids.uuid(),
    partner,
    revision: revision + 1,
    ...about,
  });
  assert.equal(said, 'added');
}

test('a certificate that is denied is refused at every bridge within 5 s, and its open connections are closed', async (t) => {
  const { 'partner-a': a, 'partner-b': b } = house.address.certificates;
  const both = [house.address, other].map((address) => keptConnection(t, address, b));
  for (const { ask: askAgain } of both) assert.equal((await askAgain()).status, 500, 'a fault of a use case');
  const idle = both.map(({ sockets }) => [...sockets][0]);
  const closed = idle.map(async (socket) => once(socket as Socket, 'close'));

  const { fingerprint256 } = certificateName(new X509Certificate(b.certificate));
  const denial = { reason: 'keyCompromise', comment: 'lost', subject: 'ada', at: new Date() } as const;
  const begun = performance.now();
  await stores.partners.denyCertificate({ id: ids.uuid(), certificate: { fingerprint256 }, ...denial });
  await Promise.all(closed);
  assert.ok(performance.now() - begun < effectiveMsMax, 'idle connections closed in time');
  for (const address of [house.address, other]) {
    const refused = await send(address, statusMessage('1.1', { reference: 'nobody-s' }), { caller: b });
    assert.equal(refused.code, 'CLIENT_CERTIFICATE_NOT_ACCEPTED');
    const others = await send(address, statusMessage('1.1', { reference: 'nobody-s' }), { caller: a });
    assert.equal(others.code, 'PAYMENT_NOT_FOUND', 'nobody else is');
  }
  assert.match(house.whole.log(), /"labels\.refusal":"revoked"/);
});

test('a partner with an authority of his own comes in at every bridge within 5 s of being added, and is out when disabled', async (t) => {
  const inDate = { notBefore: daysFromNow(-1), notAfter: daysFromNow(30) };
  const issuer = await makeAuthority({ name: 'O=New, CN=New CA', keyKind: 'ec-p256', ...inDate });
  const caller = await issueLeaf({
    name: 'CN=newcomer',
    usages: ['clientAuth'],
    altNames: [{ type: 'url', value: partnerUri('newcomer') }],
    keyKind: 'ec-p256',
    issuer,
    ...inDate,
  });
  const codeAt = async (address: Address): Promise<string | undefined> =>
    (await send(address, statusMessage('1.1', { reference: 'nobody-s' }), { caller })).code;
  const addresses = [house.address, other];
  for (const address of addresses) assert.equal(await codeAt(address), 'CLIENT_CERTIFICATE_NOT_ACCEPTED');

  const [{ partner: like }] = (await stores.partners.revisionsOf('partner-a', 1)) as [PartnerRevision];
  const partner = {
    ...like,
    id: 'newcomer',
    issuers: [issuer.certificate],
    identities: [{ sanUri: partnerUri('newcomer') }],
  };
  const about = { origin: 'person', subject: 'ada', reason: 'contract signed', at: new Date() } as const;
  await stores.partners.addRevision({ id: ids.uuid(), partner, revision: 1, ...about });
  for (const address of addresses) {
    await within(effectiveMsMax, async () => (await codeAt(address)) === 'PAYMENT_NOT_FOUND');
  }

  const { sockets, ask: askAgain } = keptConnection(t, other, caller);
  await askAgain();
  const [idle] = sockets;
  const closed = once(idle as Socket, 'close');
  await say(({ partner: present }) => ({ ...present, enabled: false }), 'newcomer');
  const begun = performance.now();
  await closed;
  assert.ok(performance.now() - begun < effectiveMsMax);
  for (const address of addresses) {
    await within(effectiveMsMax, async () => (await codeAt(address)) === 'CLIENT_CERTIFICATE_NOT_ACCEPTED');
  }
});

test('a partner who is disabled loses the connection that he keeps at the internal door, too', async (t) => {
  const token = readFileSync(join(house.whole.home, 'internal-token'), 'utf8').trim();
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const freed = once(agent, 'free') as Promise<[Socket]>;
  const { internal: port } = house.whole.bridge.ports;
  const headers = { Authorization: `Bearer ${token}` };
  const sent = http.get({ host: '127.0.0.1', port, path: '/v1/payments', headers, agent });
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
  response.resume();
  const [idle] = await freed;
  const closed = once(idle, 'close');
  await say(({ partner }) => ({ ...partner, enabled: false }), 'core');
  const begun = performance.now();
  await closed;
  assert.equal(response.statusCode, 200);
  assert.ok(performance.now() - begun < effectiveMsMax);
  assert.match(
    house.whole.log(),
    /connection\.dismissed.*"labels\.door":"internal".*"labels\.refusal":"disabled"/,
  );
});
