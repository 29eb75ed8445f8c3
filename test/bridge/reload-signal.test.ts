/** SIGHUP: files are read again, nobody is ended by it, and who was seen is written down. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { X509Certificate } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { readLedgerConfig } from '../../src/config.ts';
import { issueLeaf } from '../../src/pki/authority.ts';
import { fingerprintOf } from '../../src/pki/certificate.ts';
import { openStores } from '../../src/store/open.ts';
import { send } from '../support/bridge-house.ts';
import { openStreet, type Street } from '../support/bridge-process.ts';
import { statusMessage } from '../support/bridge-requests.ts';
import { fingerprint, loopbackNames } from '../support/identities.ts';
import { start } from '../support/process.ts';
import { certificateFiles, issuerOf, shownAt } from '../support/rotating-house.ts';

const bounded = { timeout: 60_000 };
let street: Street;
before(async () => {
  street = await openStreet();
});
after(() => street.close());

test(
  'SIGHUP to a bridge: it shows the new certificate at once and goes on; its last seen survive it',
  bounded,
  async (t) => {
    const bridge = await street.bridge(t);
    const { ca } = bridge.certificates;
    const files = certificateFiles(street.env['CAGEBRIDGE_HOME'] ?? '');
    await send(bridge, statusMessage('1.1', { reference: 'none' }));
    const next = await issueLeaf({
      name: 'CN=localhost',
      usages: ['serverAuth'],
      altNames: loopbackNames,
      keyKind: 'ec-p256',
      issuer: issuerOf(ca),
      notBefore: new Date(Date.now() - 1_000),
      notAfter: new Date(Date.now() + 86_400_000 * 5),
    });
    await files.put('server', next);
    bridge.child.kill('SIGHUP');
    while (!bridge.errors().includes('certificates.loaded')) await pause(20);
    assert.equal(await shownAt(bridge.port, ca.certificate), fingerprint(next));
    await files.write('server.key', 'nothing');
    bridge.child.kill('SIGHUP');
    while (!bridge.errors().includes('certificates.refused')) await pause(20);
    assert.equal(await shownAt(bridge.port, ca.certificate), fingerprint(next));
    assert.equal((await send(bridge, statusMessage('1.1', { reference: 'none' }))).code, 'PAYMENT_NOT_FOUND');

    bridge.child.kill('SIGTERM');
    assert.equal(await bridge.ended, 0);
    const { partners, ledger } = await openStores(readLedgerConfig(street.env).ledger);
    t.after(() => ledger.close());
    const [seen, ...others] = await partners.sightings();
    const shown = bridge.certificates['partner-a'].certificate;
    assert.equal(seen?.fingerprint256, fingerprintOf(new X509Certificate(shown)));
    assert.equal(seen.partnerId, 'partner-a');
    assert.deepEqual(others, []);
    const acts = await partners.certificateActs({ limit: 10 });
    assert.deepEqual(
      acts.map(({ kind, subject, reason }) => `${kind} ${subject} ${reason}`),
      ['loaded bridge doors.soap: signal', 'refused bridge doors.soap: keyUnreadable'],
    );
  },
);

test('SIGHUP to the sandboxes ends nobody', bounded, async (t) => {
  const env = { ...street.env, CAGEBRIDGE_HOME: `${street.env['CAGEBRIDGE_HOME']}/sandbox` };
  const sandbox = start(t, ['sandbox'], { env });
  await sandbox.line('sandbox.listening');
  sandbox.child.kill('SIGHUP');
  await pause(300);
  sandbox.child.kill('SIGTERM');
  assert.equal(await sandbox.ended, 0);
});
