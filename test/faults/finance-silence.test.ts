/**
 * I12 over finance: statements carry names, accounts and free texts, and nothing of it is in a log, on standard error, in a problem
 * or in what a command prints, whatever is wrong with the file, the request or the ledger. `recon original` alone gives it back.
 */
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { runCommand } from '../../src/cli/commands.ts';
import { tokenOf } from '../inbound/rest/open-door.ts';
import { bankStatement, people } from '../support/bank-statement.ts';
import { type FinanceBridge, type FinanceHouse, openFinanceHouse } from './finance-house.ts';
import { assertSilent, matchedBy } from './finance-judgement.ts';

const [name, iban, text] = [people.names[0], people.ibans[0], people.texts[0]];
const person = encodeURIComponent(name);

/** Files in which something is wrong where the person stands. */
function brokenFiles({ day }: FinanceHouse): Readonly<Record<string, string>> {
  const whole = bankStatement({ id: 'S-9', on: day, lines: [{ minor: 100n, reference: 'B-1' }] });
  return {
    'half.xml': whole.slice(0, whole.indexOf('</RltdPties>')),
    'doctype.xml': whole.replace('<Document', `<!DOCTYPE d [<!ENTITY n "${name}">]><Document`),
    'nothing.xml': `<Person>${name} ${iban}</Person>`,
    'amount.xml': whole.replaceAll('>1.00<', `>${iban}<`),
    'currency.xml': whole.replaceAll('Ccy="EUR"', `Ccy="${name}"`),
    'direction.xml': whole.replaceAll('<CdtDbtInd>CRDT', `<CdtDbtInd>${text}`),
    'date.xml': whole.replaceAll(`<Dt>${day}</Dt>`, `<Dt>${name}</Dt>`),
    'balance.xml': whole.replace('>0.00<', '>77.00<'),
    'else.xml': whole.replace('MT31MALT01100000000000000000123', 'MT31MALT01100000000000000000999'),
    'mt.sta': `:20:S\n:25:DEUTDEFF/1234567\n:28C:1/1\n:60F:C261110EUR0,00\n:61:${name}\n:86:${text}\n:62F:C261110EUR1,00\n-`,
    'some.csv': `Name,Iban,Amount\n${name},${iban},x\n`,
    [`${name} ${iban}.txt`]: `${text}\n`,
  };
}

test('files with a person in every place that is wrong: by command, by door and by folder', async (t) => {
  const house = await openFinanceHouse(t, { payments: 8, unknown: 1 });
  const inbox = join(house.home, 'inbox');
  const files = await written(inbox, brokenFiles(house));
  const bridge = await house.bridge();
  const heard: string[] = [];

  for (const body of Object.values(files)) {
    const query = '?csvProfile=stripe-payout-reconciliation';
    for (const path of ['/v1/statements', `/v1/statements${query}`, `/v1/statements?name=${person}`]) {
      heard.push((await bridge.ask('finance', 'POST', path, body)).text);
    }
  }
  await laidIn(house, files);
  await house.command('recon', 'import', house.statement);
  await matchedBy(bridge);
  // The names of the files are the caller's own, who reads them again.
  const imported = await house.command('recon', 'import', inbox, '--json');
  heard.push(imported.printed.replaceAll(`${name} ${iban}.txt`, ''));
  heard.push(...(await askedWithPeople(bridge)), ...(await printedBy(house, bridge)));
  assertSilent(heard);
  assertSilent([bridge.errors()]);
  await bridge.kill();
});

test('an error of the ledger in the middle of an import, of a round and of an act', async (t) => {
  const house = await openFinanceHouse(t, { payments: 8, unknown: 1 });
  const bridge = await house.bridge();
  const body = await readFile(house.statement, 'utf8');
  const lock = new Database(house.ledgerFile);
  lock.exec('BEGIN IMMEDIATE');
  const answers = await Promise.all([
    bridge.ask('finance', 'POST', '/v1/statements', body),
    bridge.ask('finance', 'POST', '/v1/matching-rounds'),
  ]);
  lock.exec('ROLLBACK');
  // As damage of the disk would: what is written is refused with the row in the message.
  lock.exec(
    `CREATE TRIGGER broken BEFORE INSERT ON statement_entry BEGIN SELECT RAISE(ABORT, 'refused'); END`,
  );
  answers.push(await bridge.ask('finance', 'POST', '/v1/statements', body));
  const command = await house.command('recon', 'import', house.statement);
  lock.close();
  assert.notEqual(command.exit, 0);
  assert.match(bridge.errors(), /"log\.level":"error"/);
  assertSilent([...answers.map((answer) => answer.text), command.printed, bridge.errors()]);
  await bridge.kill();
});

async function written(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  await mkdir(directory, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(directory, file), content);
  return files;
}

const folderMsMax = 20_000;

/** Lays the files in the watched folder, and waits until the bridge has moved every one of them on. */
async function laidIn({ home }: FinanceHouse, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = join(home, 'statements');
  await mkdir(folder, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(folder, `${file}.part`), `${content}\n`);
    await rename(join(folder, `${file}.part`), join(folder, file));
  }
  const until = Date.now() + folderMsMax;
  const isLeft = () => readdirSync(folder, { withFileTypes: true }).some((one) => one.isFile());
  while (isLeft()) {
    assert.ok(Date.now() < until, 'files stay in the folder');
    await pause(50);
  }
}

const said = { reason: 'CHECKED', comment: 'Seen.' };

/** The person in every place of a request where no person belongs: what is answered. */
async function askedWithPeople(bridge: FinanceBridge): Promise<readonly string[]> {
  const { breaks } = (await bridge.ask('ada', 'GET', '/v1/breaks')).json as { breaks: { id: string }[] };
  const at = `/v1/breaks/${breaks[0]?.id}`;
  const asked = [
    ['GET', `/v1/breaks/${person}`],
    ['GET', `/v1/breaks?owner=${person}`],
    ['GET', `/v1/breaks?cursor=${Buffer.from(name).toString('base64url')}`],
    ['GET', `/v1/statement-entries?account=${iban}`],
    ['GET', `/v1/statement-entries?${person}=1`],
    ['GET', `/v1/statements?fileId=${person}`],
    ['GET', `/v1/reports/daily?brand=${person}`],
    ['GET', `/v1/reports/${person}`],
    ['GET', `/v1/reports/unknowns?from=${person}`],
    ['POST', `/v1/statements?csvProfile=${person}`, text],
    ['POST', `/v1/statements?${person}=x`, text],
    ['POST', `${at}/assign`, { ...said, assignee: name }],
    ['POST', `${at}/assign`, { ...said, assignee: iban.toLowerCase() }],
    ['POST', `${at}/comments`, { ...said, reason: name }],
    ['POST', `${at}/comments`, { ...said, comment: `${name}\n${iban}` }],
    ['POST', `${at}/comments`, { ...said, [iban]: 1 }],
    ['POST', `${at}/resolutions`, { ...said, resolution: 'matchedByHand', found: text }],
    ['POST', `${at}/resolutions`, `{"resolution":"${name}"`],
    ['POST', `/v1/breaks/${person}/confirm`, said],
  ] as const;
  const answers: string[] = [];
  for (const [method, path, body] of asked) {
    const { status, text: answer } = await bridge.ask(
      path.startsWith('/v1/statements?') ? 'finance' : 'ada',
      method,
      path,
      body,
    );
    assert.ok(status >= 400 && status < 500, `${method} ${path}: ${status}`);
    answers.push(answer);
  }
  for (const list of [
    'statements',
    'statement-files?state=read',
    'statement-entries',
    'breaks',
    'entries',
    'reports/daily',
    'reports/unknowns',
  ]) {
    answers.push((await bridge.ask('ada', 'GET', `/v1/${list}`)).text.replaceAll(name, ''));
  }
  return answers;
}

/** What commands print about what was imported, each run as main.ts does. */
async function printedBy(house: FinanceHouse, { internal }: FinanceBridge): Promise<readonly string[]> {
  const env = {
    ...house.env,
    CAGEBRIDGE_INTERNAL_PORT: String(internal),
    CAGEBRIDGE_OPERATOR_TOKEN: 'env:ADA',
    ADA: tokenOf('ada'),
  };
  const run = async (args: string): Promise<string> => {
    const lines: string[] = [];
    const err = (line: string): void => void lines.push(line);
    const out = async (line: string): Promise<void> => Promise.resolve(err(line));
    const bytes = async (chunk: Uint8Array): Promise<void> => out(Buffer.from(chunk).toString());
    const code = await runCommand(args.split(' '), { env, out, err, bytes });
    assert.equal(code, 0, `${args}: ${lines.join(' ')}`);
    return lines.join('\n');
  };
  const files = (await run('recon files --json')).split('\n');
  const { id } = files
    .map((line) => JSON.parse(line) as { id: string; name: string })
    .find((file) => file.name.endsWith('statement.xml'))!;
  const [broken] = (await run('recon breaks list --json')).split('\n');
  const { id: breakId } = JSON.parse(broken ?? '') as { id: string };
  assert.ok((await run(`recon original ${id}`)).includes(name), 'the original is as it came');
  const commands = [
    'recon statements --json',
    'recon entries --json',
    'recon entries',
    `recon remarks ${id}`,
    'recon explain 1 --json',
    'recon explain 1',
    'recon match --json',
    'recon match --dry-run --json',
    'recon breaks list',
    `recon breaks show ${breakId}`,
    'report daily --format html',
    'report unknowns --format json',
    'verify',
  ];
  const printed: string[] = [];
  for (const command of commands) printed.push(await run(command));
  return printed;
}

const fixtures = fileURLToPath(new URL('../reconciliation/fixtures/', import.meta.url));

interface Named {
  readonly counterparty?: { readonly name?: string; readonly account?: string };
  readonly remittance?: string;
}

/** Names, accounts and free texts of every fixture, as its golden pair tells them; short ones are words that may stand anywhere. */
function namedInFixtures(): readonly string[] {
  const found: string[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { counterparty, remittance } = value as Named;
    found.push(...[counterparty?.name, counterparty?.account, remittance].filter((one) => one !== undefined));
    for (const part of Object.values(value)) look(part);
  };
  for (const file of readdirSync(fixtures, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.json')) look(JSON.parse(readFileSync(join(fixtures, file), 'utf8')));
  }
  return found.filter((one) => one.length >= 8);
}

test('every fixture, imported: no name, account or text of its golden pair is printed or logged', async (t: TestContext) => {
  const house = await openFinanceHouse(t, { payments: 2, unknown: 0 });
  const bridge = await house.bridge();
  const named = namedInFixtures();
  assert.ok(named.length > 20, `${named.length}`);
  const directories = new Set(
    readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(xml|sta|csv)$/.test(file))
      .map((file) => dirname(join(fixtures, file))),
  );
  const { printed } = await house.command('recon', 'import', ...directories);
  await matchedBy(bridge);
  await bridge.kill();
  const whole = printed + bridge.errors();
  assert.deepEqual(
    named.filter((one) => whole.includes(one)),
    [],
  );
});
