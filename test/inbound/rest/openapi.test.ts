/** The published contract of the internal door, whole, as `serve` serves it; and docs/rest-api.md beside it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  clients,
  type ClientName,
  openRestHouse,
  type Operation,
  operationsOf,
  type RestHouse,
} from '../../contract/rest-house.ts';
import { bankStatement } from '../../support/bank-statement.ts';

let house: RestHouse;
let operations: ReadonlyMap<string, Operation>;
const closing: (() => unknown)[] = [];
before(async () => {
  house = await openRestHouse({ after: (work) => void closing.unshift(work as () => unknown) });
  operations = operationsOf(house.contract);
});
after(async () => {
  for (const close of closing) await close();
});

test('the document follows the meta-schema of OpenAPI 3.1, each operation has a name of its own', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(
    structuredClone(house.contract) as unknown as Record<string, unknown>,
  );
  assert.equal(valid, true, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
  const names = Array.from(operations.values(), ({ operationId }) => operationId);
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted());
  for (const name of names) assert.match(name, /^[a-z][A-Za-z]+$/);
});

test('every reference leads somewhere, every component is referred to, and each compiles strictly', () => {
  const { schemas } = house.contract.components;
  const text = JSON.stringify(house.contract);
  const named = new Set(
    Array.from(text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g), ([, name]) => name),
  );
  assert.equal(text.match(/"\$ref":/g)?.length, text.match(/"\$ref":"#\/components\/schemas\/\w+"/g)?.length);
  assert.deepEqual(named, new Set(Object.keys(schemas)));
  const ajv = new Ajv2020({ strict: true, strictRequired: false });
  ajv.addKeyword('components');
  ajv.addSchema({ $id: 'contract', components: { schemas } });
  for (const name of named) {
    assert.equal(typeof ajv.compile({ $ref: `contract#/components/schemas/${name}` }), 'function');
  }
});

test('what a path, a query and an upload are asked for is in the contract', () => {
  for (const [name, { parameters = [], requestBody, responses }] of operations) {
    const inPath = Array.from(name.matchAll(/\{(\w+)\}/g), ([, parameter]) => parameter);
    const told = parameters.filter((one) => one.in === 'path').map((one) => one.name);
    assert.deepEqual(told, inPath, name);
    const answers = Object.keys(responses);
    assert.ok(answers.includes('4XX') && answers.includes('5XX') && answers.length >= 3, name);
    const isList = parameters.some((one) => one.name === 'cursor');
    assert.equal(
      isList,
      parameters.some((one) => one.name === 'limit'),
      name,
    );
    if (name.startsWith('get')) assert.equal(requestBody, undefined, name);
  }
});

/** A row of the table in docs/rest-api.md: who may, by the column `needs`. */
function rowsOfDocs(): ReadonlyMap<string, string> {
  const page = readFileSync(new URL('../../../docs/rest-api.md', import.meta.url), 'utf8');
  const rows = page.matchAll(/^\| `(GET|POST) (\/v1\/[^`]*)`\s*\|\s*([^|]*?)\s*\|/gm);
  return new Map(
    Array.from(rows, ([, method = '', path, needs = '']) => [`${method.toLowerCase()} ${path}`, needs]),
  );
}

test('docs/rest-api.md has a row for every operation of the contract, and none for another', () => {
  assert.deepEqual([...rowsOfDocs().keys()].toSorted(), [...operations.keys()].toSorted());
});

const mayRead = '200 403 200 200';
const mayReadOne = '404 403 404 404';
const mayAct = '403 403 403 404';
const forSecurity = '403 403 403 200';

/**
 * Every operation, what it takes and its answers that are no refusal, and its status by each kind of client that shows its
 * token: who only reads, who only pays, who hands statements in and reads, an operator. Without a token, or with nobody's, all
 * of it is 401.
 */
const table: readonly (readonly [operation: string, takes: string, statuses: string])[] = [
  ['post /v1/deposits', 'deposit [Idempotency-Key] 200 201 202', '403 201 403 403'],
  ['post /v1/withdrawals', 'withdrawal [Idempotency-Key] 200 201 202', '403 201 403 403'],
  ['post /v1/payments/{id}/cancel', 'cancel [id] 200', '403 404 403 403'],
  ['post /v1/payments/{id}/refunds', 'refund [id Idempotency-Key] 200 201 202', '403 404 403 403'],
  ['post /v1/payments/{id}/returns', 'tellReturn [id] 200 201', mayAct],
  [
    'get /v1/payments',
    'payments [status partner brand playerId gateway from to order limit cursor] 200',
    '200 200 200 200',
  ],
  ['get /v1/payments/{id}', 'payment [id] 200', '404 404 404 404'],
  ['get /v1/entries', 'entries [paymentId account limit cursor] 200', mayRead],
  ['get /v1/players/{brand}/{id}/balances', 'balances [brand id] 200', mayRead],
  ['post /v1/transfers', 'transfer [Idempotency-Key] 200', '403 200 403 403'],
  ['get /v1/cases', 'cases [open kind paymentId limit cursor] 200', mayRead],
  ['get /v1/cases/{id}', 'case [id] 200', mayReadOne],
  ['post /v1/cases/{id}/assign', 'assignCase [id] 200', mayAct],
  ['post /v1/cases/{id}/comments', 'commentCase [id] 200', mayAct],
  ['post /v1/cases/{id}/resolutions', 'resolveCase [id] 202', mayAct],
  ['get /v1/approvals', 'approvals [limit cursor] 200', mayRead],
  ['post /v1/approvals/{id}/approve', 'approve [id] 200 202', mayAct],
  ['post /v1/approvals/{id}/reject', 'reject [id] 200', mayAct],
  ['post /v1/statements', 'importStatement [name csvProfile] 200 201 202', '403 403 201 403'],
  ['post /v1/core-list', 'compareCoreList [] 200 202', '403 403 200 403'],
  ['get /v1/statements', 'statements [account fileId unassigned limit cursor] 200', mayRead],
  ['get /v1/statement-files', 'statementFiles [state limit cursor] 200', mayRead],
  [
    'get /v1/statement-entries',
    'statementEntries [account statementId bookedFrom bookedUntil limit cursor] 200',
    mayRead,
  ],
  ['get /v1/reports/daily', 'reportDaily [from to brand currency format] 200', mayRead],
  ['get /v1/reports/aging', 'reportAging [from to brand currency format] 200', mayRead],
  ['get /v1/reports/gateway', 'reportGateway [from to brand currency format] 200', mayRead],
  ['get /v1/reports/player-funds', 'reportPlayerFunds [from to brand currency format] 200', mayRead],
  ['get /v1/reports/unknowns', 'reportUnknowns [from to brand currency format] 200', mayRead],
  ['get /v1/reports/fees', 'reportFees [from to brand currency format] 200', mayRead],
  ['post /v1/matching-rounds', 'match [] 200 202', '403 403 200 200'],
  ['get /v1/breaks', 'breaks [open kind place owner limit cursor] 200', mayRead],
  ['get /v1/breaks/{id}', 'break [id] 200', mayReadOne],
  ['post /v1/breaks/{id}/assign', 'assignBreak [id] 200', mayAct],
  ['post /v1/breaks/{id}/comments', 'commentBreak [id] 200', mayAct],
  ['post /v1/breaks/{id}/raise', 'raiseBreak [id] 200', mayAct],
  ['post /v1/breaks/{id}/resolutions', 'resolveBreak [id] 202', mayAct],
  ['post /v1/breaks/{id}/confirm', 'confirmBreak [id] 200', mayAct],
  ['post /v1/breaks/{id}/decline', 'declineBreak [id] 200', mayAct],
  ['get /v1/closes', 'closes [brand currency day limit cursor] 200', mayRead],
  ['get /v1/closes/{id}', 'close [id] 200', mayReadOne],
  ['get /v1/closes/{id}/document', 'closeDocument [id format] 200', mayReadOne],
  ['post /v1/closes/{id}/reopening', 'proposeReopening [id] 202', mayAct],
  ['post /v1/closes/{id}/reopening/confirm', 'confirmReopening [id] 200', mayAct],
  ['post /v1/closes/{id}/reopening/decline', 'declineReopening [id] 200', mayAct],
  ['get /v1/admin/certificates', 'certificates [] 200', forSecurity],
  ['post /v1/admin/certificates/reload', 'reloadCertificates [] 200', forSecurity],
  ['post /v1/admin/certificates/deny', 'denyCertificate [] 200', forSecurity],
  ['get /v1/openapi.json', 'openapi [] 200', '200 200 200 200'],
];

/** Of everything that has an id, and never of anything that is there. */
const nobodys = '0199a1b2-c3d4-7e5f-8a6b-123456789012';

const said = { reason: 'CHECKED', comment: 'Seen in the portal of the bank.' };
const amount = { value: '10.00', currency: 'EUR' };
const instruction = { playerId: 'p', amount, paymentMethod: 'CARD' };

/** A body that is right in every place, so that only the client decides; what is not here is an act's. */
const bodies: Readonly<Record<string, object | string>> = {
  'post /v1/deposits': { ...instruction, partnerReference: 'p-1' },
  'post /v1/withdrawals': { ...instruction, partnerReference: 'p-2', paymentToken: 'x' },
  'post /v1/payments/{id}/cancel': {},
  'post /v1/payments/{id}/refunds': { partnerReference: 'p-3', amount },
  'post /v1/payments/{id}/returns': { version: 1, kind: 'return', amount, reasonCode: 'AC04', ...said },
  'post /v1/transfers': { transferId: 't', brand: 'main', playerId: 'p', direction: 'FROM_PLAY', amount },
  'post /v1/cases/{id}/assign': { assignee: 'ada', ...said },
  'post /v1/cases/{id}/resolutions': { resolution: 'completed', version: 1, ...said },
  'post /v1/approvals/{id}/approve': { version: 1, ...said },
  'post /v1/approvals/{id}/reject': { version: 1, ...said },
  'post /v1/statements': bankStatement({
    id: 'S',
    on: '2026-11-20',
    lines: [{ minor: 100n, reference: 'A' }],
  }),
  'post /v1/core-list': {
    partner: 'payer',
    from: '2026-11-20T00:00:00Z',
    until: '2026-11-20T12:00:00Z',
    payments: [],
  },
  'post /v1/matching-rounds': '',
  'post /v1/breaks/{id}/assign': { assignee: 'ada', ...said },
  'post /v1/breaks/{id}/resolutions': { resolution: 'expected', ...said },
  'post /v1/breaks/{id}/confirm': { proposal: nobodys, ...said },
  'post /v1/breaks/{id}/decline': { proposal: nobodys, ...said },
  'post /v1/admin/certificates/deny': { ...said, reason: 'superseded', fingerprint: 'ab'.repeat(32) },
};

async function statusOf(name: string, as: ClientName): Promise<number> {
  const [method = '', path = ''] = name.split(' ');
  const asked = {
    method: method.toUpperCase(),
    path: path.replace('{brand}', 'main').replace('{id}', nobodys),
  };
  const body = method === 'post' ? { body: bodies[name] ?? said } : {};
  return (await house.ask(as, { ...asked, ...body })).status;
}

test('the contract lists every operation, with what it takes and answers', () => {
  const listed = Array.from(operations, ([name, { operationId, parameters = [], responses }]) => {
    const answers = Object.keys(responses).filter((status) => /^2\d\d$/.test(status));
    return [
      name,
      `${operationId} [${parameters.map((one) => one.name).join(' ')}] ${answers.join(' ')}`,
    ] as const;
  });
  assert.deepEqual(
    Object.fromEntries(listed),
    Object.fromEntries(table.map(([name, takes]) => [name, takes])),
  );
});

test('each operation is for the clients that it is for, and for no other', async () => {
  const met = new Map<string, string>();
  for (const name of operations.keys()) {
    const statuses: number[] = [];
    for (const as of clients) statuses.push(await statusOf(name, as));
    const [withoutToken, withNobodys, ...known] = statuses;
    assert.deepEqual([withoutToken, withNobodys], [401, 401], name);
    met.set(name, known.join(' '));
  }
  assert.deepEqual(
    Object.fromEntries(met),
    Object.fromEntries(table.map(([name, , statuses]) => [name, statuses])),
  );
});

/** Whom the words in the column `needs` let in, in the order of the clients. */
const needs: Readonly<Record<string, string>> = {
  deposit: 'payer',
  withdrawal: 'payer',
  refund: 'payer',
  cancel: 'payer',
  transfer: 'payer',
  status: 'payer',
  'status (own)': 'payer',
  read: 'reader finance ada',
  statement: 'finance',
  'an operator': 'ada',
  security: 'ada',
  'a token': 'reader payer finance ada',
};

test('the docs say of each operation who may, as it is', () => {
  for (const [name, words] of rowsOfDocs()) {
    const letIn = new Set(words.split(/, or | or /).flatMap((word) => (needs[word] ?? word).split(' ')));
    const [, , statuses = ''] = table.find(([operation]) => operation === name) ?? [];
    const allowed = statuses.split(' ').map((status) => status !== '403');
    assert.deepEqual(
      clients.slice(2).map((client) => letIn.has(client)),
      allowed,
      `${name}: ${words}`,
    );
  }
});
