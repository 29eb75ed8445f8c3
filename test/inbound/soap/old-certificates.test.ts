/** Connections that stand while the door's own certificate is another: which go on, and how the others end. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, test } from 'node:test';
import { issueLeaf } from '../../../src/pki/authority.ts';
import { certificateName } from '../../../src/pki/certificate.ts';
import {
  contentType,
  dial,
  head,
  openDoor,
  receivedPayment,
  statusRequest,
} from '../../support/door-open.ts';
import { loopbackNames } from '../../support/identities.ts';
import { type Callers, makeCallers } from '../../support/tls-callers.ts';

let callers: Callers;
before(async () => {
  callers = await makeCallers();
});

const minuteMs = 60_000;

async function serverFor(minutes: number) {
  return issueLeaf({
    name: 'CN=localhost',
    usages: ['serverAuth'],
    altNames: loopbackNames,
    keyKind: 'ec-p256',
    issuer: callers.acmeCa,
    notBefore: new Date(Date.now() - minuteMs),
    notAfter: new Date(Date.now() + minutes * minuteMs),
  });
}

const body = statusRequest();
const post =
  head({ 'Content-Type': contentType('1.1'), 'Content-Length': String(Buffer.byteLength(body)) }) + body;

/** How long the one before lasts, whether it is denied, whether another is shown; what becomes of its connections. */
const rows: readonly (readonly [string, number, boolean, boolean, 'end' | 'go on'])[] = [
  ['it ends before they would', 30, false, true, 'end'],
  ['it outlasts them', 120, false, true, 'go on'],
  ['it is denied', 120, true, true, 'end'],
  ['it is denied, and shown all the same', 120, true, false, 'go on'],
  ['it ends before they would, and there is no other', 30, false, false, 'go on'],
];

for (const [name, minutes, denied, renewed, then] of rows) {
  test(`connections under the certificate before, where ${name}: ${then}`, async (t) => {
    const { port, door } = await openDoor(t, callers);
    const old = await serverFor(minutes);
    door.renew({ identity: old });
    const idle = await dial(port, callers.acmeCa, callers.acme);
    idle.socket.write(post);
    await idle.until('</soap:Envelope>');
    if (renewed) door.renew({ identity: await serverFor(9_999) });
    const { fingerprint256 } = certificateName(new X509Certificate(old.certificate));
    door.leaveOld((certificate) => denied && certificate.fingerprint256 === fingerprint256);

    const fresh = await dial(port, callers.acmeCa, callers.acme);
    for (const [kept, ends] of [
      [idle, then === 'end'],
      [fresh, false],
    ] as const) {
      const earlier = (await kept.until('')).split('HTTP/1.1 200').length;
      kept.socket.write(post);
      if (ends) {
        const answers = (await kept.untilClosed()).split('HTTP/1.1 200');
        assert.equal(answers.length, earlier + 1, 'the call in between is answered');
        assert.match(answers.at(-1) ?? '', /\r\nConnection: close\r\n[\s\S]*RCVD/);
      } else {
        while ((await kept.until('')).split('</soap:Envelope>').length === earlier)
          await new Promise((resolve) => kept.socket.once('data', resolve));
        assert.doesNotMatch(await kept.until(''), /Connection: close/);
        kept.socket.destroy();
      }
    }
  });
}

test('a call that is under way is answered, and told that it is the last one', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<void>();
  const { port, door } = await openDoor(t, callers, {
    payments: {
      async status() {
        arrived.resolve();
        await decided.promise;
        return { payment: receivedPayment(), history: [] };
      },
    },
  });
  door.renew({ identity: await serverFor(30) });
  const busy = await dial(port, callers.acmeCa, callers.acme);
  busy.socket.write(post);
  await arrived.promise;
  door.renew({ identity: await serverFor(9_999) });
  door.leaveOld(() => false);
  decided.resolve();
  assert.match(await busy.untilClosed(), /^HTTP\/1.1 200 OK[\s\S]*\r\nConnection: close\r\n[\s\S]*RCVD/);
});
