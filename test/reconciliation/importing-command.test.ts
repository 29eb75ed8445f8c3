/** `cagebridge recon`, as a process: files, a directory, standard input, and the original back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../../src/cli/commands.ts';
import { ledgerFile } from '../support/store-ledger.ts';

const entry = fileURLToPath(new URL('../../bin/cagebridge.js', import.meta.url));

const statement = (id: string, entries: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M-${id}</MsgId><CreDtTm>2026-11-23T20:00:00</CreDtTm></GrpHdr>
<Stmt><Id>${id}</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-11-23T20:00:00</CreDtTm>
<Acct><Id><IBAN>MT31MALT01100000000000000000123</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-22</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-23</Dt></Dt></Bal>
${entries}</Stmt></BkToCstmrStmt></Document>
`;
const credit = `<Ntry><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-23</Dt></BookgDt>
<ValDt><Dt>2026-11-23</Dt></ValDt><AcctSvcrRef>SVC-1</AcctSvcrRef><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd></Ntry>`;
const monday = statement('S1', credit);

/** A home with a ledger, and the command over it. */
async function homeOf(t: TestContext) {
  const home = dirname(await ledgerFile(t));
  const env = { CAGEBRIDGE_DEV: '1', CAGEBRIDGE_HOME: home, PATH: process.env['PATH'] ?? '' };
  const silent = { env, out: async () => Promise.resolve(), err: () => {} };
  assert.equal(await runCommand(['migrate'], silent), 0);
  const put = (name: string, content: string): string => {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  const recon = async (...args: readonly string[]) => {
    const [out, err]: [string[], string[]] = [[], []];
    const chunks: Uint8Array[] = [];
    const status = await runCommand(['recon', ...args], {
      env,
      out: async (line) => Promise.resolve(void out.push(line)),
      err: (line) => void err.push(line),
      bytes: async (chunk) => Promise.resolve(void chunks.push(chunk)),
    });
    const text = out.join('\n');
    return { status, out: text, err: err.join('\n'), bytes: Buffer.concat(chunks), lines: linesOf(text) };
  };
  const piped = (args: readonly string[], input: string) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'recon', ...args], { env, input });
    return { status, err: stderr.toString(), lines: linesOf(stdout.toString()) };
  };
  return { home, put, recon, piped };
}

/** What is JSON of it. */
const linesOf = (out: string) =>
  out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('files of a directory are imported, each by itself, and the original comes back as it was', async (t) => {
  const { put, recon } = await homeOf(t);
  const good = put('in/monday.xml', monday);
  put('in/.hidden.xml', 'not looked at');
  assert.equal((await recon('import', dirname(good))).status, 0);

  put('in/broken.xml', monday.replace('</Document>', ''));
  const mixed = await recon('import', dirname(good), join(dirname(good), 'nowhere'), '--json');
  assert.equal(mixed.status, 1);
  assert.deepEqual(
    mixed.lines.map(({ file, outcome, added }) => [String(file).split('/').at(-1), outcome, added]),
    [
      ['broken.xml', 'refused', undefined],
      ['monday.xml', 'known', 0],
      ['nowhere', 'refused', undefined],
    ],
  );

  const [file] = (await recon('files', '--json')).lines;
  assert.deepEqual((await recon('original', String(file?.['id']))).bytes, Buffer.from(monday));
  const [told] = (await recon('statements', '--json')).lines;
  assert.deepEqual(
    [told?.['account'], told?.['proof'], told?.['creditMinor']],
    ['main', { kind: 'holds' }, '10000'],
  );
  assert.deepEqual(told?.['ledger'], { kind: 'holds' });
  assert.match(
    (await recon('statements')).out,
    /main +statement +S1 .* 0\.00 +100\.00 +EUR +1 +holds +holds/,
  );
  assert.match((await recon('entries', '--account', 'main')).out, /CRDT +100\.00 +EUR .*SVC-1/);
  assert.match((await recon('files')).out, /monday\.xml +person +read +camt\.053/);
  assert.equal((await recon('statements', '--unassigned', '--json')).lines.length, 0);
});

test('standard input is imported, leaves nothing behind, and is known by its bytes', async (t) => {
  const { home, recon, piped, put } = await homeOf(t);
  const first = piped(['import', '-', '--json'], monday);
  assert.deepEqual([first.status, first.lines[0]?.['outcome'], first.err], [0, 'imported', '']);
  assert.equal((await recon('import', put('same.xml', monday), '--json')).lines[0]?.['outcome'], 'known');
  assert.deepEqual(readdirSync(join(home, 'spool')), []);
});

test('bad rows and warnings are remarks, and no reason for another exit code', async (t) => {
  const { recon, put } = await homeOf(t);
  const odd = statement('S2', credit + credit.replace('>100.00<', '>1.005<').replace('SVC-1', 'SVC-2'));
  const imported = await recon('import', put('odd.xml', odd));
  assert.equal(imported.status, 0);
  assert.match(imported.out, /odd\.xml +imported .* 1 bad rows/);
  const [file] = (await recon('files', '--json')).lines;
  assert.match((await recon('remarks', String(file?.['id']))).out, /badRow +tooManyDecimals/);
});

test('what cannot be asked is told, and nothing else happens', async (t) => {
  const { recon } = await homeOf(t);
  const nobody = '01936e3a-5d10-7abc-8def-0123456789ab';
  const rows: [args: string[], status: number, said: RegExp][] = [
    [['import'], 2, /say which files/],
    [['original'], 2, /say one id/],
    [['whatever'], 2, /say import, files/],
    [['files', 'x'], 2, /say import, files/],
    [['original', nobody], 1, /no file has this id/],
    [['remarks', nobody], 1, /no file has this id/],
  ];
  for (const [args, status, said] of rows) {
    const { err, ...ended } = await recon(...args);
    assert.deepEqual([ended.status, said.test(err)], [status, true], `${args.join(' ')}: ${err}`);
  }
});
