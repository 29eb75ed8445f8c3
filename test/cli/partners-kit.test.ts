/** `partners kit`: what a partner gets, and that it is nothing else, always the same, and true. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, type TestContext } from 'node:test';
import { unzipSync } from 'fflate';
import { runCommand } from '../../src/cli/commands.ts';
import { goldenMessages } from '../../src/cli/onboarding/golden-messages.ts';
import { currencyCodes } from '../../src/ledger/currencies.ts';
import { type House, openHouse } from '../support/bridge-house.ts';

let house: House;
before(async () => (house = await openHouse()));
after(async () => house.close());

async function cagebridge(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    env: house.whole.env,
    out: async (line: string) => Promise.resolve(void out.push(line)),
    err: (line: string) => void err.push(line),
  };
  return { code: await runCommand(args, terminal), out: out.join('\n'), err: err.join('\n') };
}

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'cagebridge-kit-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** The files of a kit, by path. */
async function kitOf(t: TestContext, id: string, ...more: string[]) {
  const out = emptyFolder(t);
  const { code, err } = await cagebridge('partners', 'kit', id, '--out', out, ...more);
  assert.deepEqual([code, err], [0, '']);
  const path = join(out, `cagebridge-kit-${id}.zip`);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const bytes = readFileSync(path);
  const files = Object.entries(unzipSync(bytes)).map(
    ([name, content]) => [name.replace(/^[^/]*\//, ''), Buffer.from(content).toString('utf8')] as const,
  );
  return { bytes, files: new Map(files) };
}

test('the kit holds the contract, the authority, messages and clients, and no key', async (t) => {
  const { files } = await kitOf(t, 'partner-a', '--url', 'https://pay.example.org/bridge');
  const messages = [...files.keys()].filter((name) => name.startsWith('messages/'));
  assert.equal(messages.length, 6 * 4);
  assert.deepEqual(
    [...files.keys()].filter((name) => !name.startsWith('messages/')),
    [
      'README.md',
      'certificates/bridge-ca.pem',
      'certificates/client.pem',
      'clients/java/CagebridgeClient.java',
      'clients/python/cagebridge_client.py',
      'contract/payments-v1.single.wsdl',
      'contract/payments-v1.wsdl',
      'contract/payments-v1.xsd',
      'contract/types-v1.xsd',
    ],
  );
  const endpoint = 'https://pay.example.org/bridge/soap/v1/payments';
  assert.ok(files.get('contract/payments-v1.wsdl')?.includes(`location="${endpoint}"`));
  for (const [name, text] of files) assert.doesNotMatch(text, /PRIVATE KEY|\{\{/, name);
  const page = files.get('README.md') ?? '';
  assert.ok(page.includes(endpoint));
  assert.match(page, /\| operations +\| deposit, withdrawal, status +\|/);
  assert.match(page, /SAN URI `urn:cagebridge:partner:partner-a`/);
  assert.ok(page.split('\n').length < 80, 'one page');
});

test('the same kit is the same bytes, in whichever zone it is made', async (t) => {
  const zone = process.env['TZ'];
  t.after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const zips: Buffer[] = [];
  for (const here of ['UTC', 'Pacific/Kiritimati', 'America/Los_Angeles']) {
    process.env['TZ'] = here;
    zips.push((await kitOf(t, 'partner-b', '--url', 'https://pay.example.org')).bytes);
  }
  for (const zip of zips) assert.ok(zip.equals(zips[0] ?? Buffer.alloc(0)));
});

/** What differs in every bridge, and what a gateway says. */
function withoutChance(xml: string): string {
  const chance = [
    'PaymentId',
    'CorrelationId',
    'AcceptanceDateTime',
    'CompletionDateTime',
    'BookingDate',
    'ValueDate',
    'Gateway',
    'GatewayReference',
    'At',
  ];
  return xml.replaceAll(new RegExp(`<(${chance.join('|')})>[^<]*`, 'g'), '<$1>');
}

test('the bridge answers each golden request as the golden response says', async (t) => {
  const { files } = await kitOf(t, 'partner-a');
  const requests = [...files.keys()].filter((name) => name.endsWith('.request.xml'));
  // The deposit first: others look at what became of it.
  for (const name of requests.toSorted(
    (a, b) => Number(b.includes('/deposit')) - Number(a.includes('/deposit')),
  )) {
    const version = name.includes('-1.2.') ? '1.2' : '1.1';
    const { body } = await house.send(files.get(name) ?? '', { version });
    const golden = files.get(name.replace('request', 'response')) ?? '';
    assert.equal(withoutChance(body), withoutChance(golden), name);
  }
});

test('a kit shows what its partner may use, and no more', async (t) => {
  const { files } = await kitOf(t, 'partner-b');
  const kinds = [...files.keys()].map((name) => /^messages\/(.*)-1\.1\.request\.xml$/.exec(name)?.[1]);
  assert.deepEqual(kinds.filter(Boolean), [
    'deposit',
    'reference-reused',
    'schema-violation',
    'status',
    'unknown',
  ]);
});

test('in whatever currency, an example can be written', () => {
  for (const currency of currencyCodes()) {
    const operations = ['deposit', 'withdrawal', 'status'] as const;
    assert.equal(goldenMessages({ operations, currency, defaultBrand: 'main' }).size, 24, currency);
  }
});

test('a dry run says what would be written, and writes nothing', async (t) => {
  const out = emptyFolder(t);
  const dry = await cagebridge('partners', 'kit', 'partner-a', '--out', out, '--dry-run', '--json');
  assert.equal(dry.code, 0);
  const told = JSON.parse(dry.out) as { written: boolean; sha256: string; files: string[] };
  assert.deepEqual([told.written, told.files.length, readdirSync(out)], [false, 33, []]);
  const wet = await cagebridge('partners', 'kit', 'partner-a', '--out', out);
  assert.equal(
    wet.out,
    `wrote: ${join(out, 'cagebridge-kit-partner-a.zip')}, 33 files, sha256 ${told.sha256}`,
  );
});

test('what is no certificate goes into no kit, and a key least of all', async (t) => {
  const out = emptyFolder(t);
  const certs = join(house.whole.home, 'certs');
  const kit = async (...more: string[]) => cagebridge('partners', 'kit', 'partner-a', '--out', out, ...more);
  const key = await kit('--certificate', join(certs, 'partner-a.key'));
  assert.deepEqual([key.code, key.err.split('\n')[0]], [2, 'cagebridge: --certificate holds a private key']);
  const page = await kit('--authority', new URL('../../README.md', import.meta.url).pathname);
  assert.deepEqual([page.code, page.err], [1, 'cagebridge: --authority: is not a certificate in PEM']);
  const nobody = await cagebridge('partners', 'kit', 'nobody', '--out', out);
  assert.match(nobody.err, /nobody of this id is known here/);
  assert.deepEqual(readdirSync(out), []);
});
