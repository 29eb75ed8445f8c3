import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { paymentRequestSchemas, readPaymentRequest } from '../../../src/inbound/rest/read-payment-request.ts';
import { readMessage } from '../../../src/inbound/soap/read-message.ts';
import { fingerprintOf } from '../../../src/payments/fingerprint.ts';
import { type PaymentRequest, readInstruction } from '../../../src/payments/instruction.ts';
import { type Direction, paymentMethods } from '../../../src/payments/payment.ts';
import { isRefusal } from '../../../src/payments/refusals.ts';
import { compileJsonSchema } from '../../../src/platform/json-schema.ts';
import { paymentMessage } from '../../support/bridge-requests.ts';
import { somePartner } from '../../support/payments.ts';
import { freshSeed } from '../../support/seed.ts';

/**
 * One request, written for both doors. Whatever it holds, both read it to the same instruction with the same
 * fingerprint, or both refuse it.
 */
type Written = Readonly<Record<string, string | undefined>>;
type Properties = Readonly<Record<string, string>>;

const violationsOf = {
  CRDT: compileJsonSchema(paymentRequestSchemas.CRDT, { violationsMax: 5 }),
  DBIT: compileJsonSchema(paymentRequestSchemas.DBIT, { violationsMax: 5 }),
};

function byRest(direction: Direction, written: Written, properties?: Properties): PaymentRequest | 'refused' {
  const { value, currency, name, iban, other, agentBic, hasParty, hasAccount, ...same } = written;
  const account =
    hasAccount === undefined && iban === undefined && other === undefined ? undefined : { iban, other };
  const isParty = [name, account, agentBic, hasParty].some((part) => part !== undefined);
  const party = isParty ? { name, account, agentBic } : undefined;
  const body = {
    ...same,
    properties,
    amount: { value, currency },
    [direction === 'CRDT' ? 'debtor' : 'creditor']: party,
  };
  const document: unknown = JSON.parse(JSON.stringify(body));
  if (violationsOf[direction](document).length > 0) return 'refused';
  const read = readPaymentRequest(document, direction);
  return 'violations' in read ? 'refused' : read;
}

function bySoap(
  direction: Direction,
  written: Written,
  properties: Properties = {},
): PaymentRequest | 'refused' {
  const { name, iban, other, agentBic, hasParty, hasAccount } = written;
  const isAccount = hasAccount !== undefined || iban !== undefined || other !== undefined;
  const account = isAccount ? `<Account>${element('IBAN', iban)}${element('Other', other)}</Account>` : '';
  const agent = agentBic === undefined ? '' : `<Agent>${element('BIC', agentBic)}</Agent>`;
  const isParty = hasParty !== undefined || isAccount || name !== undefined || agent !== '';
  const role = direction === 'CRDT' ? 'Debtor' : 'Creditor';
  const extensions = Object.entries(properties).map(
    ([key, text]) => `<Property>${element('Name', key)}${element('Value', text)}</Property>`,
  );
  const changed = {
    PartnerReference:
      element('PartnerReference', written['partnerReference']) +
      element('EndToEndId', written['endToEndId']) +
      element('UETR', written['uetr']),
    PlayerId: element('PlayerId', written['playerId']) + element('Brand', written['brand']),
    Amount: `<Amount Ccy="${escaped(written['currency'] ?? '')}">${escaped(written['value'] ?? '')}</Amount>`,
    PaymentMethod: element('PaymentMethod', written['paymentMethod']),
    PaymentToken: element('PaymentToken', written['paymentToken']),
    Party: isParty ? `<${role}>${element('Name', name)}${account}${agent}</${role}>` : null,
    RemittanceInformation:
      element('RequestedExecutionDate', written['requestedExecutionDate']) +
      element('ValidUntil', written['validUntil']) +
      element('Purpose', written['purpose']) +
      element('RemittanceInformation', written['remittanceInformation']) +
      element('ReturnUrl', written['returnUrl']),
    Property: extensions.join(''),
  };
  const operation = direction === 'CRDT' ? 'Deposit' : 'Withdrawal';
  const message = readMessage(Buffer.from(paymentMessage('1.1', { operation, reference: 'r', changed })), {
    media: { version: '1.1', charset: 'utf-8' },
  });
  if (isRefusal(message)) return 'refused';
  assert.ok(message.operation !== 'status');
  return message.request;
}

function element(name: string, text: string | undefined): string {
  return text === undefined ? '' : `<${name}>${escaped(text)}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 ._-]/gu, (character) => `&#${character.codePointAt(0)};`);
}

const plain: Written = {
  partnerReference: 'ref-1',
  playerId: 'player-1',
  value: '10.00',
  currency: 'EUR',
  paymentMethod: 'BANK_TRANSFER',
};

/** For each field: values that are at home in it, and values at its edges. */
const values: Readonly<Record<string, readonly string[]>> = {
  partnerReference: ['r', 'A.b_c-9', 'x'.repeat(35), 'x'.repeat(36), '', 'a b', 'ä', 'a:b', ' a', 'a\n'],
  endToEndId: ["Az09/-?:().,'+ ", 'x'.repeat(35), 'x'.repeat(36), ' a ', '', 'a_b', 'ä', 'a\t'],
  uetr: [
    'eb6305c9-1f7f-49de-aed0-16487c27b42d',
    'EB6305C9-1F7F-49DE-AED0-16487C27B42D',
    'eb6305c9-1f7f-19de-aed0-16487c27b42d',
    'eb6305c9-1f7f-49de-ced0-16487c27b42d',
    '',
  ],
  playerId: ['p', 'x'.repeat(64), 'x'.repeat(65), '', 'a/b'],
  brand: ['royal', 'lucky', 'x'.repeat(35), 'x'.repeat(36), '', 'a b'],
  value: [
    '10',
    '10.1',
    '10.10',
    '0',
    '9999999999999.99',
    '0.01',
    '1e3',
    '+5',
    '.5',
    '5.',
    '01',
    ' 1 ',
    '-1',
    '1,0',
    '١',
    '',
  ],
  currency: ['EUR', 'JPY', 'EUX', 'eur', 'EURO', ' EUR', ''],
  paymentMethod: [...paymentMethods, 'card', 'CASH', ' CARD ', ''],
  paymentToken: ['tok_<1>&x', '!~', 'x'.repeat(256), 'x'.repeat(257), '', 'a b', 'ä'],
  name: [
    'Zoë Müller & Søn',
    '你好',
    '😀'.repeat(140),
    '😀'.repeat(141),
    '',
    'a\u0085b',
    'a\u007fb',
    'a\nb',
    ' a ',
    '\ufffd',
    '\u2028',
  ],
  iban: [
    'DE02120300000000202051',
    'de02120300000000202051',
    'DE02',
    `DE02${'A'.repeat(30)}`,
    `DE02${'A'.repeat(31)}`,
    '',
  ],
  other: ['00123/456 (B)', 'x'.repeat(34), 'x'.repeat(35), '', 'a_b'],
  agentBic: ['COBADEFF', 'COBADEFFXXX', 'COBADEFFXX', 'cobadeff', '9999DEFF', ''],
  requestedExecutionDate: [
    '2026-11-23',
    '2024-02-29',
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-01-32',
    '0000-01-01',
    '0001-01-01',
    '9999-12-31',
    '2026-1-1',
    '2026-11-23Z',
    ' 2026-11-23',
    '',
  ],
  validUntil: [
    '2026-11-23T23:59:59Z',
    '2026-11-23T23:59:59.123456789+02:00',
    '2026-11-23T23:59:59-00:00',
    '2026-11-23T24:00:00Z',
    '2026-11-23T24:00:01Z',
    '2026-11-23T23:59:60Z',
    '2026-11-23T23:60:00Z',
    '2026-11-23T23:59:59',
    '2026-11-23T23:59:59z',
    '2026-11-23T23:59:59.1234567891Z',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '9999-12-31T23:59:59-14:00',
    '9999-12-31T23:59:59+14:00',
    '0001-01-01T00:00:00Z',
    '0001-01-01T00:00:00+14:00',
    '2026-11-23T23:59:59+14:00',
    '2026-11-23T23:59:59+14:01',
    '2026-11-23T23:59:59+13:60',
    '2026-11-23T23:59:59-99:00',
    '2026-11-23 23:59:59Z',
    ' 2026-11-23T23:59:59Z',
    '',
  ],
  purpose: ['GAMB', 'CASH', 'gamb', 'GAMBL', 'GAM', ''],
  remittanceInformation: ['Einzahlung 你好', 'x'.repeat(140), 'x'.repeat(141), '', 'a\tb', '\ue000'],
  returnUrl: [
    'https://north.example/cage?from=bank&ok=1',
    'http://x',
    'https://',
    `https://${'x'.repeat(2040)}`,
    `https://${'x'.repeat(2041)}`,
    'https://a b',
    'https://ä',
  ],
  hasParty: ['yes'],
  hasAccount: ['yes'],
};

function readAlike(direction: Direction, written: Written, properties?: Properties): 'accepted' | 'refused' {
  const [rest, soap] = [byRest(direction, written, properties), bySoap(direction, written, properties)];
  assert.deepEqual(rest, soap);
  if (rest === 'refused' || soap === 'refused') return 'refused';
  const [mine, theirs] = [rest, soap].map((request) => readInstruction(somePartner(), request));
  assert.deepEqual(mine, theirs);
  if (typeof mine === 'object' && typeof theirs === 'object') {
    assert.equal(fingerprintOf(mine), fingerprintOf(theirs));
  }
  return 'accepted';
}

for (const [field, list] of Object.entries(values)) {
  test(`${field}: each of its values means the same at both doors`, () => {
    for (const value of list) {
      for (const direction of ['CRDT', 'DBIT'] as const) {
        const name = direction === 'DBIT' ? { name: 'Jane Doe' } : {};
        readAlike(direction, { ...plain, ...name, [field]: value });
      }
    }
  });
}

test('an instant outside the years 1 to 9999 is refused at both doors', () => {
  const outside = ['9999-12-31T23:59:59-14:00', '0001-01-01T00:00:00+14:00', '0000-12-31T23:59:59-14:00'];
  for (const validUntil of outside) assert.equal(readAlike('CRDT', { ...plain, validUntil }), 'refused');
});

test('a field that is left out means the same at both doors', () => {
  for (const field of Object.keys(plain)) {
    if (field === 'currency') continue;
    assert.equal(readAlike('CRDT', { ...plain, [field]: undefined }), 'refused', field);
  }
  assert.equal(readAlike('DBIT', { ...plain, hasParty: 'yes' }), 'refused', 'a creditor without a name');
  assert.equal(readAlike('DBIT', plain), 'accepted', 'no creditor: for the use case to refuse');
  assert.equal(readAlike('CRDT', { ...plain, iban: 'DE02120300000000202051', other: '1' }), 'refused');
});

const propertyRows: readonly (readonly [string, Record<string, string>, string])[] = [
  ['none', {}, 'accepted'],
  ['one', { colour: 'red' }, 'accepted'],
  ['an empty value', { colour: '' }, 'accepted'],
  ['256 characters', { colour: 'x'.repeat(256) }, 'accepted'],
  ['257 characters', { colour: 'x'.repeat(257) }, 'refused'],
  ['a line end', { colour: 'a\nb' }, 'refused'],
  ['a name that is none', { 'a b': 'x' }, 'refused'],
  ['20', Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`n${index}`, 'x'])), 'accepted'],
  ['21', Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`n${index}`, 'x'])), 'refused'],
];

for (const [name, list, expected] of propertyRows) {
  test(`properties, ${name}: ${expected} at both doors`, () => {
    assert.equal(readAlike('CRDT', plain, list), expected);
  });
}

test('any request at all is read to the same fingerprint by both doors, or refused by both', (t) => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 40 });
  const atHome = Object.fromEntries(
    Object.entries(values).map(([field, list]) => [
      field,
      fc.oneof(
        { weight: 200, arbitrary: fc.constantFrom(...list.slice(0, 2)) },
        { weight: 1, arbitrary: fc.constantFrom(...list) },
        { weight: 1, arbitrary: texts },
      ),
    ]),
  );
  const requests = fc.record(atHome, {
    requiredKeys: [...Object.keys(plain), 'name'],
    noNullPrototype: true,
  }) as fc.Arbitrary<Written>;
  const seen = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(fc.constantFrom('CRDT' as const, 'DBIT' as const), requests, (direction, written) => {
      // One of the two accounts, as far as the draw allows.
      const { hasParty: _party, hasAccount: _account, other, ...rest } = written;
      const request = rest['iban'] === undefined ? { ...rest, other } : rest;
      seen[readAlike(direction, request)] += 1;
    }),
    { seed: freshSeed(t), numRuns: 500 },
  );
  assert.ok(seen.accepted > 50 && seen.refused > 50, JSON.stringify(seen));
});
