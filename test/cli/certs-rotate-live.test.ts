/** `certs rotate server` at a bridge that runs: it is told, and its door is looked at. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { runCommand } from '../../src/cli/commands.ts';
import { type House, openHouse } from '../support/bridge-house.ts';

let house: House;
before(async () => {
  house = await openHouse((config) => ({
    ...config,
    certificates: { ...config.certificates, watchMs: 100 },
  }));
});
after(() => house.close());

async function cagebridge(...args: readonly string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const { env, bridge } = house.whole;
  const status = await runCommand(args, {
    env: {
      ...env,
      CA_PASSPHRASE: 'correct horse battery',
      CAGEBRIDGE_INTERNAL_PORT: String(bridge.ports.internal),
    },
    out: async (line) => Promise.resolve(void out.push(line)),
    err: (line) => void err.push(line),
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

test('the bridge serves the next one when the command has ended, and the audit has who did it', async () => {
  const { home, bridge } = house.whole;
  const at = (...names: readonly string[]) => join(home, ...names);
  const authority = ['--ca', at('ca'), '--passphrase', 'env:CA_PASSPHRASE'];
  const init = await cagebridge('certs', 'init', '--name', 'Casino', '--key', 'ec-p256', ...authority);
  assert.deepEqual([init.status, init.err], [0, '']);
  const door = `127.0.0.1:${bridge.ports.soap}`;
  const rotate = ['certs', 'rotate', 'server', '--out', at('certs'), '--key', 'ec-p256', ...authority];
  const told = ['--reload', '--at', door, '--reason', 'yearly'];
  const stranger = await cagebridge('certs', 'inspect', door, '--authority', at('ca', 'root.pem'));
  assert.equal(stranger.status, 1);

  // Without a token nothing is begun: the files would be changed, and the bridge not told.
  const tokenless = await cagebridge(...rotate, ...told);
  assert.deepEqual(
    [tokenless.status, /CAGEBRIDGE_OPERATOR_TOKEN: is not set/.test(tokenless.err)],
    [1, true],
  );
  for (const [id, role] of [
    ['finance', 'propose'],
    ['security', 'security'],
  ] as const) {
    assert.equal((await cagebridge('operators', 'add', id, '--role', role)).status, 0);
  }
  const { status, out, err } = await cagebridge(
    ...rotate,
    ...told,
    '--token-file',
    at('operators', 'security.token'),
  );
  assert.deepEqual([status, err], [0, '']);
  assert.match(
    out,
    new RegExp(`^bridge +doors\\.soap loaded\ndoor +${door} shows it\naudit +the ledger`, 'm'),
  );
  const believed = await cagebridge('certs', 'inspect', door, '--authority', at('ca', 'root.pem'));
  assert.equal(believed.status, 0, believed.out);

  // Whoever may not reload has rotated the files all the same: the bridge finds them by itself, and the command says both.
  const other = await cagebridge(
    ...rotate,
    ...told,
    '--token-file',
    at('operators', 'finance.token'),
    '--json',
  );
  const { reloaded, seenAt } = JSON.parse(other.out) as { reloaded: string; seenAt: string };
  assert.deepEqual([other.status, reloaded, seenAt], [1, 'refused', door]);

  // Other names than it had are no mistake where a person says so, and the bridge is told that, too.
  const names = ['--dns', 'inside.example', '--token-file', at('operators', 'security.token')];
  const fewer = await cagebridge(...rotate, '--reload', ...names);
  assert.match(fewer.out, /^bridge +doors\.soap refused: namesLost$/m);
  const meant = await cagebridge(...rotate, '--reload', ...names, '--accept', 'namesLost');
  assert.deepEqual([meant.status, meant.err], [0, '']);
  assert.match(meant.out, /^bridge +doors\.soap loaded$/m);
  assert.equal((await cagebridge(...rotate, '--accept', 'namesLost')).status, 2, 'said to nobody');
  assert.equal((await cagebridge(...rotate, '--reload', ...names, '--accept', 'expired')).status, 2);
});
