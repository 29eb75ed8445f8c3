import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { call } from '../../support/http.ts';
import { openRestDoor } from './open-door.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema: AnySchemaObject }>>;

interface Contract {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, AnySchemaObject>> };
}

/** A validator that finds the components of the contract, as a client's would. */
function validatorFor({ components }: Contract) {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: 'contract', components });
  return (schema: AnySchemaObject, document: unknown): unknown => {
    const found = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')) as AnySchemaObject;
    const validate = ajv.compile(found);
    return validate(document) ? [] : validate.errors;
  };
}

test('the contract lists every endpoint, with what each is asked and answers', async (t) => {
  const { get } = await openRestDoor(t);
  const contract = (await get('/v1/openapi.json')).json as Contract;
  assert.match(contract.openapi, /^3\.1\./);
  const listed = Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId, parameters = [], responses }]) =>
        `${method} ${path} ${operationId} [${parameters.map(({ name }) => name).join(' ')}] ${Object.keys(responses).join(' ')}`,
    ),
  );
  assert.deepEqual(listed, [
    'post /v1/deposits deposit [Idempotency-Key] 200 201 202 4XX 5XX',
    'post /v1/withdrawals withdrawal [Idempotency-Key] 200 201 202 4XX 5XX',
    'post /v1/payments/{id}/cancel cancel [id] 200 4XX 5XX',
    'post /v1/payments/{id}/refunds refund [id Idempotency-Key] 200 201 202 4XX 5XX',
    'post /v1/payments/{id}/returns tellReturn [id] 200 201 4XX 5XX',
    'get /v1/payments payments [status partner brand playerId gateway from to order limit cursor] 200 4XX 5XX',
    'get /v1/payments/{id} payment [id] 200 4XX 5XX',
    'get /v1/entries entries [paymentId account limit cursor] 200 4XX 5XX',
    'get /v1/players/{brand}/{id}/balances balances [brand id] 200 4XX 5XX',
    'post /v1/transfers transfer [Idempotency-Key] 200 4XX 5XX',
    'get /v1/cases cases [open kind paymentId limit cursor] 200 4XX 5XX',
    'get /v1/cases/{id} case [id] 200 4XX 5XX',
    'post /v1/cases/{id}/assign assignCase [id] 200 4XX 5XX',
    'post /v1/cases/{id}/comments commentCase [id] 200 4XX 5XX',
    'post /v1/cases/{id}/resolutions resolveCase [id] 202 4XX 5XX',
    'get /v1/approvals approvals [limit cursor] 200 4XX 5XX',
    'post /v1/approvals/{id}/approve approve [id] 200 202 4XX 5XX',
    'post /v1/approvals/{id}/reject reject [id] 200 4XX 5XX',
    'get /v1/openapi.json openapi [] 200 4XX 5XX',
  ]);
  assert.deepEqual(Object.keys(contract.components.schemas), [
    'Act',
    'Acted',
    'Approval',
    'ApprovalPage',
    'AssignRequest',
    'Balances',
    'CancelRequest',
    'Case',
    'CaseFile',
    'CasePage',
    'CommentRequest',
    'DepositRequest',
    'Effect',
    'Entry',
    'EntryPage',
    'Payment',
    'PaymentPage',
    'PaymentWithHistory',
    'Problem',
    'RefundRequest',
    'ResolutionRequest',
    'ReturnRequest',
    'Transfer',
    'TransferRequest',
    'VerdictRequest',
    'WithdrawalRequest',
  ]);
});

test('it needs credentials', async (t) => {
  const { port } = await openRestDoor(t);
  assert.equal((await call(port, { path: '/v1/openapi.json' })).status, 401);
});

const amount = { value: '10.00', currency: 'EUR' };
const deposit = { partnerReference: 'r-1', playerId: 'player-1', amount, paymentMethod: 'CARD' };

test('what is asked and answered follows the contract, as a client reads it', async (t) => {
  const { get, post } = await openRestDoor(t);
  const contract = (await get('/v1/openapi.json')).json as Contract;
  const violations = validatorFor(contract);
  const asked = [
    ['post', '/v1/deposits', '/v1/deposits', deposit],
    ['post', '/v1/deposits', '/v1/deposits', deposit],
    ['post', '/v1/deposits', '/v1/deposits', { ...deposit, playerId: 'other' }],
    [
      'post',
      '/v1/withdrawals',
      '/v1/withdrawals',
      { ...deposit, partnerReference: 'r-2', paymentToken: 'x' },
    ],
    [
      'post',
      '/v1/transfers',
      '/v1/transfers',
      { transferId: 't', brand: 'lucky', playerId: 'player-1', direction: 'FROM_PLAY', amount },
    ],
    ['get', '/v1/payments', '/v1/payments?limit=1', undefined],
    ['get', '/v1/payments', '/v1/payments?limit=x', undefined],
    ['get', '/v1/entries', '/v1/entries', undefined],
    ['get', '/v1/players/{brand}/{id}/balances', '/v1/players/lucky/player-1/balances', undefined],
  ] as const;
  const statuses = new Set<number>();
  for (const [method, path, at, body] of asked) {
    const operation = contract.paths[path]![method]!;
    if (body)
      assert.deepEqual(violations(operation.requestBody!.content['application/json']!.schema, body), []);
    const reply = body ? await post(at, body) : await get(at);
    statuses.add(reply.status);
    const { content } = (operation.responses[reply.status] ?? operation.responses['4XX'])!;
    const { schema } = content[reply.headers['content-type'] ?? '']!;
    assert.deepEqual(violations(schema, reply.json), [], `${path} ${reply.status}`);
  }
  assert.deepEqual(statuses, new Set([201, 200, 422, 400]));
  const { payments } = (await get('/v1/payments')).json as { payments: { id: string }[] };
  const read = await get(`/v1/payments/${payments[0]!.id}`);
  const { content } = contract.paths['/v1/payments/{id}']!['get']!.responses['200']!;
  assert.deepEqual(violations(content['application/json']!.schema, read.json), []);
});

test('docs/rest-api.md names every path of the contract, and no other', async (t) => {
  const { get } = await openRestDoor(t);
  const { paths } = (await get('/v1/openapi.json')).json as Contract;
  const page = readFileSync(new URL('../../../docs/rest-api.md', import.meta.url), 'utf8');
  const named = new Set(Array.from(page.matchAll(/`(?:GET|POST) (\/v1\/[^`?\s]*)/g), ([, path]) => path));
  assert.deepEqual(named, new Set(Object.keys(paths)));
});
