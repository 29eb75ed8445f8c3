/** What a bank writes into a statement breaks no list: whatever was taken in is told as the contract says. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bankStatement } from '../support/bank-statement.ts';
import { openRestHouse, operationsOf, type RestHouse, violationsIn } from './rest-house.ts';

let house: RestHouse;
const closing: (() => unknown)[] = [];
before(async () => {
  house = await openRestHouse({ after: (work) => void closing.unshift(work as () => unknown) });
});
after(async () => {
  for (const close of closing) await close();
});

const on = new Date(Date.now() - 10 * 86_400_000).toISOString().slice(0, 10);
const written = (id: string) => bankStatement({ id, on, lines: [{ minor: 100n, reference: id }] });
const long = 'L'.repeat(3_000);
const greatest = 999_999_999_999_999_999n;

/** Everything that the reader takes, however odd it is. */
const odd: Readonly<Record<string, string>> = {
  'a version that is long': written('A').replace('camt.053.001.08"', `camt.053.001.${long}"`),
  'a namespace of its own': written('B').replace(
    'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08',
    'x&#x85;y',
  ),
  'an id that is long': written(long),
  'controls in every name': written('C&#x85;&#x9;&#xD;X'),
  'a reference that is long': written('D').replace('<AcctSvcrRef>D', `<AcctSvcrRef>${long}&#x80;`),
  'no id': written(''),
  'an account that is long': written('E').replace('MT31MALT01100000000000000000123', long),
  'the year 0': written('F').replaceAll(`<Dt>${on}`, '<Dt>0000-11-10'),
  'the last day': written('G').replaceAll(`<Dt>${on}`, '<Dt>9999-12-31'),
  'a year of five digits': written('H').replaceAll(on, '99999-11-10'),
  'no letters': written('&#x1F600;'),
  'an amount below zero': written('J').replaceAll('>1.00<', '>-1.00<'),
  'an amount of nothing': written('K').replaceAll('>1.00<', '>0.00<'),
  'another currency than the account has': written('M').replace(
    '<Amt Ccy="EUR">1.00',
    '<Amt Ccy="KWD">1.000',
  ),
  'the greatest amounts': bankStatement({
    id: 'N',
    on,
    lines: Array.from({ length: 3 }, (_, at) => ({ minor: greatest, reference: `N-${at}` })),
    closingMinor: 5n,
  }),
};

test('every odd statement is taken in, and every list and report tells of all of them', async () => {
  for (const [what, body] of Object.entries(odd)) {
    const { status, text } = await house.ask('finance', { method: 'POST', path: '/v1/statements', body });
    assert.equal(status, 201, `${what}: ${text}`);
  }
  const round = await house.ask('ada', { method: 'POST', path: '/v1/matching-rounds' });
  assert.equal(round.status, 200, round.text);
  const violations = violationsIn(house.contract);
  const told = [...operationsOf(house.contract).keys()].filter(
    (name) => name.startsWith('get ') && !name.includes('{'),
  );
  assert.ok(told.length > 12);
  for (const name of told) {
    const reply = await house.ask('ada', { path: name.replace('get ', '') });
    assert.deepEqual([name, reply.status, violations(name, reply)], [name, 200, []], reply.text);
  }
});

test('every break of them is shown, and can be ended as it says', async () => {
  const path = '/v1/breaks?open=true&limit=200';
  const { breaks } = (await house.ask('ada', { path })).json as { breaks: { id: string }[] };
  assert.ok(breaks.length >= 10, `${breaks.length}`);
  const said = { reason: 'CHECKED', comment: 'Seen.' };
  const violations = violationsIn(house.contract);
  for (const { id } of breaks) {
    const at = `/v1/breaks/${id}`;
    const file = await house.ask('ada', { path: at });
    assert.deepEqual(violations('get /v1/breaks/{id}', file), [], file.text);
    const [ending] = (file.json as { endings: { resolution: string }[] }).endings;
    const body = { resolution: ending?.resolution, ...said };
    const made = await house.ask('ada', { method: 'POST', path: `${at}/resolutions`, body });
    const { id: proposal = id } = made.json as { id?: string };
    const confirmation = { method: 'POST', path: `${at}/confirm`, body: { proposal, ...said } };
    const { status, text } = await house.ask('ben', confirmation);
    // Another one about the same may have ended it.
    assert.ok(status === 200 || text.includes('BREAK_ENDED'), text);
  }
  for (const list of ['entries', 'breaks', 'reports/daily', 'reports/player-funds']) {
    const reply = await house.ask('ada', { path: `/v1/${list}` });
    assert.deepEqual([reply.status, violations(`get /v1/${list}`, reply)], [200, []], reply.text);
  }
});
