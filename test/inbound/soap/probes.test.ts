import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SoapTransport } from '../../../src/inbound/soap/door-codec.ts';
import { readMessage } from '../../../src/inbound/soap/read-message.ts';
import { isRefusal } from '../../../src/payments/refusals.ts';
import type { RefusalCode } from '../../../src/payments/refusals.ts';
import { assertCheap } from '../../support/cheapest.ts';

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';
const cpuMsMax = 250;

/** A deposit that is accepted, with some of its elements written otherwise; null leaves one out. */
function deposit(changed: Readonly<Record<string, string | null>> = {}): string {
  const elements: Readonly<Record<string, string | null>> = {
    MessageId: '<MessageId>m1</MessageId>',
    CreationDateTime: '<CreationDateTime>2026-11-22T08:00:00Z</CreationDateTime>',
    PartnerReference: '<PartnerReference>DEP-1</PartnerReference>',
    EndToEndId: null,
    UETR: null,
    PlayerId: '<PlayerId>p1</PlayerId>',
    Brand: null,
    Amount: '<Amount Ccy="EUR">12.30</Amount>',
    PaymentMethod: '<PaymentMethod>BANK_TRANSFER</PaymentMethod>',
    PaymentToken: null,
    Debtor: null,
    RequestedExecutionDate: null,
    ValidUntil: null,
    Purpose: null,
    RemittanceInformation: null,
    ReturnUrl: null,
    Property: null,
    ...changed,
  };
  const content = Object.values(elements).join('');
  return `<p:Deposit xmlns:p="urn:cagebridge:payments:v1" xmlns="urn:cagebridge:types:v1"><p:Request>${content}</p:Request></p:Deposit>`;
}

function envelope(body: string, { header = '', namespace = soap11 } = {}): string {
  return `<s:Envelope xmlns:s="${namespace}">${header}<s:Body>${body}</s:Body></s:Envelope>`;
}

const amount = (text: string): string => envelope(deposit({ Amount: `<Amount Ccy="EUR">${text}</Amount>` }));
const element = (name: string, text: string): string =>
  envelope(deposit({ [name]: `<${name}>${text}</${name}>` }));
const utf16 = (text: string, bom = true): Buffer => Buffer.from(`${bom ? '\uFEFF' : ''}${text}`, 'utf16le');
const swapped = (bytes: Buffer): Buffer => bytes.swap16();

interface Probe {
  readonly name: string;
  readonly body: string | Buffer;
  readonly transport?: Partial<SoapTransport>;
  /** The refusal, and where it names a place the rule broken there. */
  readonly refused?: RefusalCode;
  readonly violation?: string;
}

function answer({ body, transport }: Probe): { code: RefusalCode | 'read'; violations: string } {
  const read = readMessage(Buffer.from(body as string), { media: { version: '1.1' }, ...transport });
  if (!isRefusal(read)) return { code: 'read', violations: '' };
  assert.equal(read.outcome, 'UNKNOWN');
  return {
    code: read.refused,
    violations: (read.violations ?? []).map(({ path, rule }) => `${path} ${rule}`).join('; '),
  };
}

function runAll(probes: readonly Probe[]): void {
  for (const probe of probes) {
    test(`${probe.name}: ${probe.refused ?? 'read'}`, async () => {
      await assertCheap(cpuMsMax, () => answer(probe));
      const { code, violations } = answer(probe);
      assert.equal(code, probe.refused ?? 'read', violations);
      if (probe.violation !== undefined) assert.equal(violations, probe.violation);
    });
  }
}

const doctype = `<!DOCTYPE s:Envelope [<!ENTITY e SYSTEM "file:///etc/passwd">]>${amount('&e;')}`;
const laughs = `<!DOCTYPE x [<!ENTITY a0 "1">${Array.from({ length: 30 }, (_, n) => `<!ENTITY a${n + 1} "&a${n};&a${n};">`).join('')}]>${amount('&a30;')}`;

describe('bytes and XML', () => {
  runAll([
    { name: 'nothing', body: '', refused: 'XML_NOT_WELL_FORMED', violation: '/ the body is empty' },
    { name: 'no XML', body: '{"deposit":1}', refused: 'XML_NOT_WELL_FORMED' },
    { name: 'half a message', body: amount('1').slice(0, -30), refused: 'XML_NOT_WELL_FORMED' },
    { name: 'two documents', body: amount('1') + amount('1'), refused: 'XML_NOT_WELL_FORMED' },
    { name: 'a NUL', body: amount('1\0'), refused: 'XML_NOT_WELL_FORMED' },
    {
      name: 'invalid UTF-8',
      body: Buffer.concat([Buffer.from(amount('1')), Buffer.from([0xff])]),
      refused: 'XML_NOT_WELL_FORMED',
      violation: '/ encoding: UTF-8 or UTF-16, as declared',
    },
    {
      name: 'ISO-8859-1',
      body: `<?xml version="1.0" encoding="ISO-8859-1"?>${amount('1')}`,
      refused: 'XML_NOT_WELL_FORMED',
    },
    { name: 'UTF-7', body: '+ADw-s:Envelope/+AD4-', refused: 'XML_NOT_WELL_FORMED' },
    { name: 'DOCTYPE', body: doctype, refused: 'XML_NOT_ALLOWED', violation: '/ no DOCTYPE' },
    { name: 'DOCTYPE with BOM', body: `\uFEFF${doctype}`, refused: 'XML_NOT_ALLOWED' },
    { name: 'DOCTYPE in UTF-16LE with BOM', body: utf16(doctype), refused: 'XML_NOT_ALLOWED' },
    { name: 'DOCTYPE in UTF-16LE without BOM', body: utf16(doctype, false), refused: 'XML_NOT_ALLOWED' },
    { name: 'DOCTYPE in UTF-16BE with BOM', body: swapped(utf16(doctype)), refused: 'XML_NOT_ALLOWED' },
    {
      name: 'DOCTYPE in UTF-16BE without BOM',
      body: swapped(utf16(doctype, false)),
      refused: 'XML_NOT_ALLOWED',
    },
    {
      name: 'XXE by a parameter entity',
      body: `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd">%p;]>${amount('1')}`,
      refused: 'XML_NOT_ALLOWED',
    },
    { name: 'billion laughs', body: laughs, refused: 'XML_NOT_ALLOWED' },
    { name: 'an entity without DOCTYPE', body: amount('&e;'), refused: 'XML_NOT_WELL_FORMED' },
    {
      name: 'depth 33',
      body: envelope('<a>'.repeat(31) + '</a>'.repeat(31)),
      refused: 'XML_NOT_ALLOWED',
      violation: '/ depth: at most 32',
    },
    {
      name: 'depth 150,000, cut at the limit of the door',
      body: '<a>'.repeat(150_000).slice(0, 65_535),
      refused: 'XML_NOT_ALLOWED',
    },
    { name: 'depth 150,000, whole', body: '<a>'.repeat(150_000), refused: 'BODY_TOO_LARGE' },
    {
      name: '9,000 attributes',
      body: envelope(`<a ${Array.from({ length: 9_000 }, (_, n) => `a${n}=""`).join(' ')}/>`).slice(
        0,
        65_535,
      ),
      refused: 'XML_NOT_WELL_FORMED',
    },
    {
      name: '6,000 attributes in a whole document',
      body: envelope(`<a ${Array.from({ length: 6_000 }, (_, n) => `a${n}=""`).join(' ')}/>`),
      refused: 'XML_NOT_ALLOWED',
      violation: '/ elements and attributes: at most 2000',
    },
    {
      name: '25,000 attributes',
      body: envelope(`<a ${Array.from({ length: 25_000 }, (_, n) => `a${n}=""`).join(' ')}/>`),
      refused: 'BODY_TOO_LARGE',
    },
    {
      name: 'a processing instruction',
      body: envelope(`<?x y?>${deposit()}`),
      refused: 'XML_NOT_ALLOWED',
      violation: '/ no processing instruction',
    },
  ]);
});

const acting = (soapAction: string): Partial<SoapTransport> => ({ soapAction });

const media12 = (action?: string): Partial<SoapTransport> => ({
  media: { version: '1.2', ...(action === undefined ? {} : { action }) },
});

describe('envelope and action', () => {
  const header = (block: string): string => envelope(deposit(), { header: `<s:Header>${block}</s:Header>` });
  const in12 = envelope(deposit(), { namespace: soap12 });
  runAll([
    { name: 'SOAP 1.2 announced as 1.1', body: in12, refused: 'SOAP_VERSION_MISMATCH' },
    {
      name: 'SOAP 1.1 announced as 1.2',
      body: envelope(deposit()),
      transport: media12(),
      refused: 'SOAP_VERSION_MISMATCH',
    },
    {
      name: 'an envelope of nobody',
      body: envelope(deposit(), { namespace: 'urn:x' }),
      refused: 'SOAP_VERSION_MISMATCH',
    },
    { name: 'no envelope', body: deposit(), refused: 'SOAP_MESSAGE_INVALID' },
    {
      name: 'mustUnderstand',
      body: header('<h xmlns="urn:h" s:mustUnderstand="1">secret</h>'),
      refused: 'SOAP_MUST_UNDERSTAND',
    },
    {
      name: 'mustUnderstand for somebody else',
      body: header('<h xmlns="urn:h" s:mustUnderstand="1" s:actor="urn:other"/>'),
    },
    { name: 'a header to be ignored', body: header('<h xmlns="urn:h"/>') },
    { name: 'an empty header', body: header('') },
    { name: 'an empty body', body: envelope(''), refused: 'SOAP_MESSAGE_INVALID' },
    { name: 'two operations', body: envelope(deposit() + deposit()), refused: 'SOAP_MESSAGE_INVALID' },
    {
      name: 'two bodies',
      body: envelope(`${deposit()}</s:Body><s:Body>${deposit()}`),
      refused: 'SOAP_MESSAGE_INVALID',
    },
    {
      name: 'another namespace',
      body: envelope(deposit()).replace('payments:v1', 'payments:v2'),
      refused: 'OPERATION_UNKNOWN',
    },
    { name: 'no namespace', body: envelope('<Deposit/>'), refused: 'OPERATION_UNKNOWN' },
    {
      name: 'a response as a request',
      body: envelope('<DepositResponse xmlns="urn:cagebridge:payments:v1"/>'),
      refused: 'OPERATION_UNKNOWN',
    },
    { name: 'a fault as a request', body: envelope('<s:Fault/>'), refused: 'OPERATION_UNKNOWN' },
    {
      name: 'an inherited name as operation',
      body: envelope('<constructor xmlns="urn:cagebridge:payments:v1"/>'),
      refused: 'OPERATION_UNKNOWN',
    },
    { name: 'no SOAPAction', body: envelope(deposit()) },
    { name: 'an empty SOAPAction', body: envelope(deposit()), transport: acting('') },
    { name: 'an empty quoted SOAPAction', body: envelope(deposit()), transport: acting('""') },
    {
      name: 'a quoted SOAPAction',
      body: envelope(deposit()),
      transport: acting('"urn:cagebridge:payments:v1/Deposit"'),
    },
    {
      name: 'a bare SOAPAction',
      body: envelope(deposit()),
      transport: acting('urn:cagebridge:payments:v1/Deposit'),
    },
    {
      name: 'the action of another operation',
      body: envelope(deposit()),
      transport: acting('"urn:cagebridge:payments:v1/Status"'),
      refused: 'SOAP_ACTION_MISMATCH',
    },
    {
      name: 'SOAPAction twice',
      body: envelope(deposit()),
      transport: acting('"urn:cagebridge:payments:v1/Deposit", "urn:cagebridge:payments:v1/Deposit"'),
      refused: 'SOAP_ACTION_MISMATCH',
    },
    { name: 'action in SOAP 1.2', body: in12, transport: media12('urn:cagebridge:payments:v1/Deposit') },
    {
      name: 'another action in SOAP 1.2',
      body: in12,
      transport: media12('urn:cagebridge:payments:v1/Withdrawal'),
      refused: 'SOAP_ACTION_MISMATCH',
    },
    {
      name: 'charset that the bytes contradict',
      body: envelope(deposit()),
      transport: { media: { version: '1.1', charset: 'utf-16' } },
      refused: 'XML_NOT_WELL_FORMED',
    },
    {
      name: 'charset that nobody reads',
      body: envelope(deposit()),
      transport: { media: { version: '1.1', charset: 'iso-8859-1' } },
      refused: 'XML_NOT_WELL_FORMED',
    },
    {
      name: 'charset utf-8',
      body: envelope(deposit()),
      transport: { media: { version: '1.1', charset: 'utf-8' } },
    },
    {
      name: 'UTF-16 with charset',
      body: utf16(envelope(deposit())),
      transport: { media: { version: '1.1', charset: 'utf-16' } },
    },
    { name: 'UTF-16BE without BOM', body: swapped(utf16(envelope(deposit()), false)) },
    {
      name: 'a BOM and a single-quoted declaration',
      body: `\uFEFF<?xml version='1.0' encoding='UTF-8'?>${envelope(deposit())}`,
    },
  ]);
});

describe('amounts', () => {
  const at = '/Deposit/Request/Amount';
  runAll([
    { name: "zero is the use case's", body: amount('0') },
    { name: "four decimals are the use case's", body: amount('0.0001') },
    { name: 'the largest', body: amount('9999999999999.9999') },
    { name: 'CDATA means its text', body: amount('<![CDATA[12]]>.30') },
    { name: 'a character reference means its character', body: amount('1&#50;.30') },
    ...[
      '+5.00',
      '-5.00',
      '.5',
      '5.',
      '0000001.10',
      '00',
      '1e3',
      '1,5',
      '1_0',
      '1.00000',
      '12345678901234',
      '',
      'INF',
      'NaN',
      '0x10',
      '١٢',
    ].map((text): Probe => ({ name: `«${text}»`, body: amount(text), refused: 'REQUEST_INVALID' })),
    {
      name: '5,000 digits',
      body: amount('1'.repeat(5_000)),
      refused: 'REQUEST_INVALID',
      violation: `${at} pattern`,
    },
    { name: '60,000 digits', body: amount('1'.repeat(60_000)), refused: 'REQUEST_INVALID' },
    {
      name: 'white space around',
      body: amount(' 12.30 '),
      refused: 'REQUEST_INVALID',
      violation: `${at} no white space around the value`,
    },
    { name: 'a line break before', body: amount('\n12.30'), refused: 'REQUEST_INVALID' },
    { name: 'white space within', body: amount('12 .30'), refused: 'REQUEST_INVALID' },
    {
      name: 'a comment within',
      body: amount('90<!-- x -->07.10'),
      refused: 'XML_NOT_ALLOWED',
      violation: '/ no comment beside text',
    },
    { name: 'a comment before', body: amount('<!-- 1 -->12.30'), refused: 'XML_NOT_ALLOWED' },
    { name: 'a processing instruction within', body: amount('90<?x?>07.10'), refused: 'XML_NOT_ALLOWED' },
    { name: 'an element within', body: amount('12<b>3</b>'), refused: 'REQUEST_INVALID' },
    {
      name: 'nil',
      body: envelope(
        deposit({
          Amount: '<Amount Ccy="EUR" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>',
        }),
      ),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'another type',
      body: envelope(
        deposit({
          Amount:
            '<Amount Ccy="EUR" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="http://www.w3.org/2001/XMLSchema" i:type="x:string">12.30</Amount>',
        }),
      ),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'no currency',
      body: envelope(deposit({ Amount: '<Amount>12.30</Amount>' })),
      refused: 'REQUEST_INVALID',
      violation: `${at} attributeMissing: expected Ccy`,
    },
    {
      name: 'a currency in lower case',
      body: envelope(deposit({ Amount: '<Amount Ccy="eur">12.30</Amount>' })),
      refused: 'REQUEST_INVALID',
      violation: `${at}/@Ccy pattern`,
    },
    {
      name: 'a currency with white space',
      body: envelope(deposit({ Amount: '<Amount Ccy=" EUR ">12.30</Amount>' })),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'two amounts',
      body: envelope(deposit({ Amount: '<Amount Ccy="EUR">12.30</Amount>'.repeat(2) })),
      refused: 'REQUEST_INVALID',
    },
  ]);
});

const property = (name: string, value: string): string =>
  `<Property><Name>${name}</Name><Value>${value}</Value></Property>`;

describe('other values', () => {
  const both = '<Debtor><Account><IBAN>DE89370400440532013000</IBAN><Other>1</Other></Account></Debtor>';
  runAll([
    {
      name: 'an instant without zone',
      body: element('CreationDateTime', '2026-11-22T08:00:00'),
      refused: 'REQUEST_INVALID',
      violation: '/Deposit/Request/CreationDateTime pattern',
    },
    {
      name: 'an instant with white space',
      body: element('ValidUntil', ' 2026-11-22T08:00:00Z'),
      refused: 'REQUEST_INVALID',
      violation: '/Deposit/Request/ValidUntil no white space around the value',
    },
    {
      name: '30 February',
      body: element('CreationDateTime', '2026-02-30T08:00:00Z'),
      refused: 'REQUEST_INVALID',
    },
    { name: 'the end of a day', body: element('CreationDateTime', '2026-11-22T24:00:00Z') },
    {
      name: 'a date with zone',
      body: element('RequestedExecutionDate', '2026-11-22Z'),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'a reference with a space',
      body: element('PartnerReference', 'DEP 1'),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'a reference with a line break after it',
      body: element('PartnerReference', 'DEP-1\n'),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'a reference of 36',
      body: element('PartnerReference', 'x'.repeat(36)),
      refused: 'REQUEST_INVALID',
    },
    { name: 'no reference', body: envelope(deposit({ PartnerReference: null })), refused: 'REQUEST_INVALID' },
    {
      name: 'an EndToEndId outside the SWIFT set',
      body: element('EndToEndId', 'A*B'),
      refused: 'REQUEST_INVALID',
    },
    { name: 'an EndToEndId of the SWIFT set', body: element('EndToEndId', "A/-?:().,'+ 9") },
    {
      name: 'an upper-case UETR',
      body: element('UETR', 'EB6305C9-1F7F-49DE-AED0-16487C27B42D'),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'an unknown method',
      body: element('PaymentMethod', 'CASH'),
      refused: 'REQUEST_INVALID',
      violation: '/Deposit/Request/PaymentMethod enumeration',
    },
    {
      name: 'a name with a tab',
      body: envelope(deposit({ Debtor: '<Debtor><Name>a&#9;b</Name></Debtor>' })),
      refused: 'REQUEST_INVALID',
      violation: '/Deposit/Request/Debtor/Name pattern',
    },
    {
      name: 'a name of 140 astral characters',
      body: envelope(deposit({ Debtor: `<Debtor><Name>${'𝄞'.repeat(140)}</Name></Debtor>` })),
    },
    {
      name: 'a name of 141',
      body: envelope(deposit({ Debtor: `<Debtor><Name>${'x'.repeat(141)}</Name></Debtor>` })),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'IBAN and other account',
      body: envelope(deposit({ Debtor: both })),
      refused: 'REQUEST_INVALID',
      violation: '/Deposit/Request/Debtor/Account one of IBAN and Other',
    },
    {
      name: 'an IBAN with spaces',
      body: envelope(
        deposit({ Debtor: '<Debtor><Account><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Account></Debtor>' }),
      ),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'a creditor in a deposit',
      body: envelope(deposit({ Debtor: '<Creditor><Name>x</Name></Creditor>' })),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'http for the way back',
      body: element('ReturnUrl', 'http://x.example/'),
      refused: 'REQUEST_INVALID',
    },
    {
      name: "an unknown property is the use case's",
      body: envelope(deposit({ Property: property('x', 'y') })),
    },
    {
      name: 'a property with a comment for a value is not looked into',
      body: envelope(deposit({ Property: property('x', '<!-- y -->') })),
    },
    {
      name: '21 properties',
      body: envelope(deposit({ Property: property('x', 'y').repeat(21) })),
      refused: 'REQUEST_INVALID',
    },
    {
      name: 'an unknown element',
      body: envelope(deposit({ Property: '<Iban>DE89370400440532013000</Iban>' })),
      refused: 'REQUEST_INVALID',
      violation:
        '/Deposit/Request/* notExpected: expected PaymentToken, Debtor, RequestedExecutionDate, ValidUntil, Purpose',
    },
    {
      name: 'the wrong order',
      body: envelope(deposit({ PlayerId: null, PaymentToken: '<PlayerId>p1</PlayerId>' })),
      refused: 'REQUEST_INVALID',
    },
    {
      name: "children in the wrapper's namespace",
      body: envelope(deposit()).replace(
        'xmlns="urn:cagebridge:types:v1"',
        'xmlns="urn:cagebridge:payments:v1"',
      ),
      refused: 'REQUEST_INVALID',
    },
    {
      name: "a schema of the caller's",
      body: envelope(deposit()).replace(
        '<p:Deposit',
        '<p:Deposit xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="urn:cagebridge:types:v1 file:///etc/passwd"',
      ),
    },
    {
      name: 'an XInclude',
      body: element(
        'RemittanceInformation',
        '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
      ),
      refused: 'REQUEST_INVALID',
    },
  ]);
});
