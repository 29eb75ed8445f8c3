/** Our certificate towards a gateway, and whom we believe there, are changed while calls are under way. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { before, describe, test } from 'node:test';
import type { GatewayTls, OpenGateway } from '../../src/gateways/kind.ts';
import { fingerprintOf } from '../../src/pki/certificate.ts';
import type { Credential } from '../../src/pki/authority.ts';
import { fingerprint, issuing, type Issuing } from '../support/identities.ts';
import { load } from '../support/load.ts';
import { gatewayTo, instrIdOf, say as sayBank, submitReply } from './bank-calls.ts';
import {
  type Ending,
  type GatewayChange,
  order,
  type Received,
  type Script,
  scriptedServer,
} from './calls.ts';
import { idOf, payment, pspTo, say as sayPsp } from './psp-calls.ts';

/** How often the certificate changes under load: a few times here, `ROTATIONS=100` for the long form. */
const rotations = Number(process.env['ROTATIONS'] ?? 10);

interface Kind {
  open(t: Ending, url: string, tls: GatewayTls, limits?: GatewayChange['limits']): Promise<OpenGateway>;
  readonly settle: Script;
  id(received: Received): string;
}

const kinds: Readonly<Record<string, Kind>> = {
  bankSoap: {
    open: (t, url, tls, limits = {}) => gatewayTo(t, `${url}/bank/v1`, { tls, limits }),
    settle: (response, received) => sayBank(response, submitReply({ instrId: instrIdOf(received) })),
    id: instrIdOf,
  },
  pspRest: {
    open: (t, url, tls, limits = {}) => pspTo(t, `${url}/psp/v1`, { tls, limits }),
    settle: (response, received) => sayPsp(response, payment(idOf(received)), { status: 201 }),
    id: idOf,
  },
};

let ours: Issuing;
let server: Credential;
let identities: readonly Credential[];
before(async () => {
  ours = await issuing();
  server = await ours.server();
  identities = await Promise.all(Array.from({ length: 4 }, () => ours.client()));
});

/** A gateway that wants a certificate, and tells whose it was on each connection, and which of them are open. */
async function watchedServer(t: Ending, answer: Script, credential = server) {
  const scripted = await scriptedServer(
    t,
    {
      key: credential.key,
      cert: credential.certificate,
      ca: ours.authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    },
    answer,
  );
  const shown: string[] = [];
  const resumed: boolean[] = [];
  const open = new Set<TLSSocket>();
  scripted.server.on('secureConnection', (socket) => {
    const certificate = socket.getPeerX509Certificate();
    if (certificate !== undefined) shown.push(fingerprintOf(certificate));
    resumed.push(socket.isSessionReused());
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return { ...scripted, shown, resumed, open };
}

const at = (index: number): Credential => identities[index % identities.length] as Credential;
const tlsWith = (identity: Credential, authorities = [ours.authority.certificate]): GatewayTls => ({
  identity,
  authorities,
});

for (const [name, kind] of Object.entries(kinds)) {
  describe(name, () => {
    test('a call under way ends where it began, the next one shows the new certificate, and the old connection is closed', async (t) => {
      const held: (() => void)[] = [];
      const heard = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const gateway = await watchedServer(t, (response, received) => {
        held.push(() => kind.settle(response, received));
        heard[held.length - 1]?.resolve();
      });
      const opened = await kind.open(t, gateway.origin, tlsWith(at(0)));
      const underWay = opened.submit(order());
      await heard[0]?.promise;
      const [old] = gateway.open;
      assert.ok(old);
      const closed = once(old, 'close');
      opened.renew(tlsWith(at(1)));
      const next = opened.submit(order());
      await heard[1]?.promise;
      for (const answer of held) answer();
      assert.deepEqual([(await underWay).kind, (await next).kind], ['settled', 'settled']);
      await closed;
      assert.deepEqual(gateway.shown, [fingerprint(at(0)), fingerprint(at(1))]);
      assert.deepEqual(gateway.resumed, [false, false]);
    });

    test('an idle connection is closed at once, not when its idle time is over', async (t) => {
      const gateway = await watchedServer(t, kind.settle);
      const opened = await kind.open(t, gateway.origin, tlsWith(at(0)));
      assert.equal((await opened.submit(order())).kind, 'settled');
      const [idle] = gateway.open;
      assert.ok(idle);
      const from = performance.now();
      const closed = once(idle, 'close');
      opened.renew(tlsWith(at(1)));
      await closed;
      // Its idle time is 4 s.
      assert.ok(performance.now() - from < 3_500);
      assert.equal((await opened.submit(order())).kind, 'settled');
      assert.equal(gateway.shown.at(-1), fingerprint(at(1)));
    });

    test('other authorities are believed from then on, and only they', async (t) => {
      const others = await issuing('Next CA');
      const [old, next] = await Promise.all([
        watchedServer(t, kind.settle),
        others.server().then((credential) => watchedServer(t, kind.settle, credential)),
      ]);
      const toOld = await kind.open(t, old.origin, tlsWith(at(0)));
      const toNext = await kind.open(t, next.origin, tlsWith(at(0)));
      assert.deepEqual(await toNext.submit(order()), { kind: 'neverSent', cause: 'tlsFailed' });
      for (const opened of [toOld, toNext]) opened.renew(tlsWith(at(0), [others.authority.certificate]));
      assert.equal((await toNext.submit(order())).kind, 'settled');
      assert.deepEqual(await toOld.submit(order()), { kind: 'neverSent', cause: 'tlsFailed' });
    });

    test('what OpenSSL refuses is thrown, and the old one goes on', async (t) => {
      const gateway = await watchedServer(t, kind.settle);
      const opened = await kind.open(t, gateway.origin, tlsWith(at(0)));
      const mismatched = { certificate: at(1).certificate, key: at(2).key };
      assert.throws(() => opened.renew(tlsWith(mismatched)));
      assert.equal((await opened.submit(order())).kind, 'settled');
      assert.deepEqual(gateway.shown, [fingerprint(at(0))]);
    });

    test('a gateway that is closed right after a renewal leaves no connection', async (t) => {
      const gateway = await watchedServer(t, () => {});
      const opened = await kind.open(t, gateway.origin, tlsWith(at(0)), { totalTimeoutMs: 300 });
      const underWay = opened.submit(order());
      await once(gateway.server, 'request');
      opened.renew(tlsWith(at(1)));
      await opened.close();
      assert.equal((await underWay).kind, 'unknown');
      for (const socket of gateway.open) await once(socket, 'close');
    });

    test(`${rotations} rotations under load: every call is settled, each once, and the gateway sees each certificate`, async (t) => {
      const executed = new Map<string, number>();
      const gateway = await watchedServer(t, (response, received) => {
        const id = kind.id(received);
        executed.set(id, (executed.get(id) ?? 0) + 1);
        setTimeout(() => kind.settle(response, received), executed.size % 7);
      });
      const opened = await kind.open(t, gateway.origin, tlsWith(at(0)));
      const callers = load(6, async () => (await opened.submit(order())).kind);
      for (let turn = 1; turn <= rotations; turn += 1) {
        await callers.more(12);
        opened.renew(tlsWith(at(turn)));
      }
      await callers.more(12);
      await callers.end();
      const { outcomes, calls } = callers;
      if (process.env['PRINT'] !== undefined) {
        console.log(
          `${name}: ${rotations} rotations, ${calls} calls, ${JSON.stringify(Object.fromEntries(outcomes))}, ` +
            `${gateway.shown.length} connections, ${new Set(gateway.shown).size} certificates seen`,
        );
      }
      assert.deepEqual([...outcomes], [['settled', calls]]);
      assert.deepEqual([...new Set(executed.values())], [1]);
      assert.equal(executed.size, calls);
      assert.deepEqual(new Set(gateway.shown), new Set(identities.map(fingerprint)));
      assert.ok(gateway.shown.length > rotations);
    });
  });
}
