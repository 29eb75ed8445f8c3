/** What bankSoap writes: golden requests, and texts that try to be markup. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { requestWriter } from '../../src/gateways/bank-soap/requests.ts';
import type { Order } from '../../src/payments/gateways.ts';
import { readEnvelope } from '../../src/platform/soap.ts';
import {
  childElements,
  compileSchema,
  messageLimits,
  readXml,
  textOf,
  type XmlElement,
} from '../../src/platform/xml.ts';
import { order } from './calls.ts';

const schemaName = 'bank-gateway-v1.xsd';
const schema = compileSchema(new Map([[schemaName, await readFile(`xsd/${schemaName}`)]]), schemaName);
const writer = await requestWriter('wsdl/bank-gateway-v1.wsdl', schema, '/bank/v1');
const at = new Date('2026-11-22T10:00:00.123Z');

const deposit = order({
  instrId: '0190f5e27c0a7c00a000000000000001',
  endToEndId: "E2E/1-(a):b?.,'+ ",
  uetr: '7a562c67-ca16-48ba-b074-65581be6f001',
  counterparty: { name: 'Jürgen Ångström', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
  requestedExecutionDate: '2026-11-23',
  remittanceInformation: 'cage deposit',
});

const golden: readonly [name: string, order: Order][] = [
  ['deposit', deposit],
  [
    'withdrawal-jpy',
    order({
      instrId: '0190f5e27c0a7c00a000000000000002',
      direction: 'DBIT',
      amount: { minor: 1000n, currency: 'JPY' },
      counterparty: { name: 'Hanako', otherAccount: '1234 5678' },
    }),
  ],
  [
    'deposit-kwd-token',
    order({
      instrId: '0190f5e27c0a7c00a000000000000003',
      amount: { minor: 5n, currency: 'KWD' },
      paymentToken: 'tok_<&>"\'',
    }),
  ],
];

for (const [name, given] of golden) {
  test(`the request of the ${name} is byte for byte the golden one`, async () => {
    const written = writer.instruction(given, at);
    assert.equal(
      written?.body.toString('utf8'),
      await readFile(`test/gateways/golden/${name}.request.xml`, 'utf8'),
    );
    assert.deepEqual(written?.headers, {
      'Content-Type': 'text/xml; charset=utf-8',
      SOAPAction: '"urn:cagebridge:bank-gateway:v1/SubmitPayment"',
      Accept: 'text/xml',
      'Accept-Encoding': 'identity',
      'User-Agent': 'cagebridge',
      'X-Correlation-Id': given.correlationId,
    });
  });
}

test('the question is byte for byte the golden one', async () => {
  const written = writer.enquiry({ instrId: deposit.instrId, correlationId: 'c-1' });
  assert.equal(
    written?.body.toString('utf8'),
    await readFile('test/gateways/golden/status.request.xml', 'utf8'),
  );
  assert.equal(written?.headers['SOAPAction'], '"urn:cagebridge:bank-gateway:v1/GetPaymentStatus"');
});

test('a correlation id that is no plain word does not become a header', () => {
  for (const correlationId of ['a\r\nX: y', '', 'ü', 'x'.repeat(200)]) {
    const written = writer.instruction({ ...deposit, correlationId }, at);
    assert.equal(written?.headers['X-Correlation-Id'], undefined);
  }
});

/** Path and text of every leaf below the instruction, as a bank's parser finds them. */
function leaves(body: Buffer | undefined): string[] {
  assert.ok(body);
  const reading = readXml(body, messageLimits);
  assert.ok(!('refused' in reading));
  using document = reading;
  const envelope = readEnvelope(document.root, '1.1');
  assert.ok('child' in envelope);
  const below = (element: XmlElement, path: string): string[] => {
    const children = childElements(element);
    return children.length === 0
      ? [`${path}=${textOf(element)}`]
      : children.flatMap((child) => below(child, `${path}/${child.name}`));
  };
  return below(envelope.child, '');
}

const attacks = [
  `<&>"'`,
  '&lt;/Nm&gt;',
  ']]>',
  '<![CDATA[x]]>',
  '<![CDATA[x]]></bank:Nm><bank:IBAN>evil</bank:IBAN><bank:Nm><![CDATA[y]]>',
  '<!-- x -->',
  '<?x y?>',
  '$value',
  '&#10;&amp;',
  '  spaces around  ',
  '日本語 🎰 é́',
];

for (const name of attacks) {
  test(`a party called ${name} stays text`, () => {
    const given = order({ counterparty: { name, iban: 'DE89370400440532013000' } });
    const plain = order({ ...given, counterparty: { name: 'N', iban: 'DE89370400440532013000' } });
    const found = leaves(writer.instruction(given, at)?.body);
    const expected = leaves(writer.instruction({ ...plain, instrId: given.instrId }, at)?.body);
    assert.deepEqual(
      found,
      expected.map((leaf) => (leaf === '/Instr/Dbtr/Nm=N' ? `/Instr/Dbtr/Nm=${name}` : leaf)),
    );
  });
}

function nameOf(name: string): string | undefined {
  const written = writer.instruction(order({ counterparty: { name } }), at);
  return leaves(written?.body).find((leaf) => leaf.includes('/Nm='));
}

test('what XML cannot write is replaced, and a line break survives as what it was', () => {
  assert.equal(nameOf('a\u{0}b\u{1}c\uD800'), '/Instr/Dbtr/Nm=a\uFFFDb\uFFFDc\uFFFD');
  assert.equal(nameOf('a\r\nb\tc'), '/Instr/Dbtr/Nm=a\r\nb\tc');
});

test('whatever the texts, the request has the same elements and the same money', (t) => {
  const seed = Date.now() ^ process.pid;
  t.diagnostic(`seed ${seed}`);
  const pieces = fc.constantFrom(
    '<![CDATA[',
    ']]>',
    '</bank:Nm>',
    '<bank:InstdAmt Ccy="EUR">',
    '&amp;',
    '"',
    "'",
    'a',
    ' ',
    '𝕏',
    '\u{7}',
  );
  const text = fc.array(pieces, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));
  const minor = fc.bigInt({ min: 1n, max: 999_999_999_999_999n });
  fc.assert(
    fc.property(text, text, minor, (name, remittanceInformation, cents) => {
      const given = order({
        counterparty: { name },
        remittanceInformation,
        amount: { minor: cents, currency: 'EUR' },
      });
      const found = leaves(writer.instruction(given, at)?.body);
      assert.deepEqual(
        found.map((leaf) => leaf.split('=')[0]),
        ['InstrId', 'CreDtTm', 'CdtDbtInd', 'InstdAmt', 'Dbtr/Nm', 'Purp', 'RmtInf'].map(
          (path) => `/Instr/${path}`,
        ),
      );
      assert.equal(found[3]?.replace(/.*=|\./g, '').replace(/^0+/, ''), cents.toString());
    }),
    { seed },
  );
});

const unwritable: readonly [what: string, fields: Partial<Order>][] = [
  ['a name that is longer than the bank takes', { counterparty: { name: 'x'.repeat(141) } }],
  ['an empty name', { counterparty: { name: '' } }],
  ['an IBAN that is none', { counterparty: { iban: 'not an iban' } }],
  ['an id that the bank cannot take', { instrId: 'a b' }],
  ['a UETR that is none', { uetr: 'x' }],
  ['more money than the bank counts', { amount: { minor: 10n ** 15n, currency: 'EUR' } }],
];

for (const [what, fields] of unwritable) {
  test(`an order with ${what} is not written at all`, () => {
    assert.equal(writer.instruction(order(fields), at), undefined);
  });
}
