import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { faultStatus, readEnvelope, writeEnvelope, writeFault } from '../../src/platform/soap.ts';
import type { EnvelopeRefusal, SoapFaultCode, SoapVersion } from '../../src/platform/soap.ts';
import { readSoapMediaType } from '../../src/platform/soap-media.ts';
import type { SoapMediaType } from '../../src/platform/soap-media.ts';
import { attributeOf, messageLimits, readXml, textOf } from '../../src/platform/xml.ts';
import { textElement } from '../../src/platform/xml-write.ts';

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';
const soap12 = 'http://www.w3.org/2003/05/soap-envelope';

function outcome(xml: string, version: SoapVersion): string {
  const reading = readXml(Buffer.from(xml), messageLimits);
  assert.ok('root' in reading, 'not well-formed');
  using document = reading;
  const envelope = readEnvelope(document.root, version);
  return 'refused' in envelope ? envelope.refused : `{${envelope.child.namespaceUri}}${envelope.child.name}`;
}

describe('reading an envelope', () => {
  const table: readonly (readonly [string, string, EnvelopeRefusal | '{urn:a}A'])[] = [
    ['a body', '<s:Body><A xmlns="urn:a"/></s:Body>', '{urn:a}A'],
    ['an empty header', '<s:Header/><s:Body><A xmlns="urn:a"/></s:Body>', '{urn:a}A'],
    [
      'comments anywhere',
      '<!-- x --><s:Header><!-- x --></s:Header><s:Body><!-- x --><A xmlns="urn:a"/></s:Body>',
      '{urn:a}A',
    ],
    [
      'a header that may be passed over',
      '<s:Header><h xmlns="urn:h"/><h s:mustUnderstand="0"/><h s:mustUnderstand=" false "/></s:Header><s:Body><A xmlns="urn:a"/></s:Body>',
      '{urn:a}A',
    ],
    [
      'a header that must be understood',
      '<s:Header><h s:mustUnderstand="1"/></s:Header><s:Body><A xmlns="urn:a"/></s:Body>',
      'mustUnderstand',
    ],
    [
      'the same as a word',
      '<s:Header><h s:mustUnderstand="true"/></s:Header><s:Body><A xmlns="urn:a"/></s:Body>',
      'mustUnderstand',
    ],
    [
      'the same, unclear',
      '<s:Header><h s:mustUnderstand="yes"/></s:Header><s:Body><A xmlns="urn:a"/></s:Body>',
      'mustUnderstand',
    ],
    [
      'an attribute of no namespace',
      '<s:Header><h mustUnderstand="1"/></s:Header><s:Body><A xmlns="urn:a"/></s:Body>',
      '{urn:a}A',
    ],
    [
      'a header for somebody else',
      '<s:Header><h s:mustUnderstand="1" s:actor="urn:other" s:role="urn:other"/></s:Header><s:Body><A xmlns="urn:a"/></s:Body>',
      '{urn:a}A',
    ],
    [
      'a header for the next one',
      `<s:Header><h s:mustUnderstand="1" s:actor="http://schemas.xmlsoap.org/soap/actor/next" s:role="${soap12}/role/next"/></s:Header><s:Body><A xmlns="urn:a"/></s:Body>`,
      'mustUnderstand',
    ],
    [
      'a header before its body child counts',
      '<s:Header><h s:mustUnderstand="1"/></s:Header><s:Body/>',
      'mustUnderstand',
    ],
    ['an empty body', '<s:Body/>', 'bodyChildren'],
    ['two children', '<s:Body><A xmlns="urn:a"/><A xmlns="urn:a"/></s:Body>', 'bodyChildren'],
    ['no body', '<s:Header/>', 'notAnEnvelope'],
    ['two bodies', '<s:Body><A xmlns="urn:a"/></s:Body><s:Body/>', 'notAnEnvelope'],
    ['two headers', '<s:Header/><s:Header/><s:Body><A xmlns="urn:a"/></s:Body>', 'notAnEnvelope'],
    ['header after body', '<s:Body><A xmlns="urn:a"/></s:Body><s:Header/>', 'notAnEnvelope'],
    ['something after the body', '<s:Body><A xmlns="urn:a"/></s:Body><x/>', 'notAnEnvelope'],
    ['a body of no namespace', '<Body><A xmlns="urn:a"/></Body>', 'notAnEnvelope'],
  ];
  for (const [name, content, wanted] of table) {
    for (const [version, namespace] of [
      ['1.1', soap11],
      ['1.2', soap12],
    ] as const) {
      test(`${name} (${version}): ${wanted}`, () => {
        assert.equal(outcome(`<s:Envelope xmlns:s="${namespace}">${content}</s:Envelope>`, version), wanted);
      });
    }
  }

  test('the ultimate receiver of SOAP 1.2 is us', () => {
    const block = `<h s:mustUnderstand="1" s:role="${soap12}/role/ultimateReceiver"/>`;
    assert.equal(
      outcome(
        `<s:Envelope xmlns:s="${soap12}"><s:Header>${block}</s:Header><s:Body><A/></s:Body></s:Envelope>`,
        '1.2',
      ),
      'mustUnderstand',
    );
  });

  test('the version is the one that was announced', () => {
    assert.equal(outcome(`<s:Envelope xmlns:s="${soap11}"/>`, '1.2'), 'versionMismatch');
    assert.equal(outcome(`<s:Envelope xmlns:s="${soap12}"/>`, '1.1'), 'versionMismatch');
    assert.equal(outcome('<Envelope xmlns="urn:other"/>', '1.1'), 'versionMismatch');
    assert.equal(outcome('<Deposit xmlns="urn:a"/>', '1.1'), 'notAnEnvelope');
  });
});

describe('writing', () => {
  const codes: readonly (readonly [SoapFaultCode, string, string, number])[] = [
    ['sender', 'Client', 'Sender', 400],
    ['receiver', 'Server', 'Receiver', 500],
    ['versionMismatch', 'VersionMismatch', 'VersionMismatch', 500],
    ['mustUnderstand', 'MustUnderstand', 'MustUnderstand', 500],
  ];
  for (const [code, name11, name12, status12] of codes) {
    test(`a fault: ${code}`, () => {
      const fault = { code, reason: 'No <money> moved & none will.', detail: '<d/>' };
      assert.equal(
        writeFault('1.1', fault).toString(),
        `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${soap11}"><soap:Body><soap:Fault><faultcode>soap:${name11}</faultcode><faultstring xml:lang="en">No &lt;money&gt; moved &amp; none will.</faultstring><detail><d/></detail></soap:Fault></soap:Body></soap:Envelope>\n`,
      );
      assert.equal(
        writeFault('1.2', fault).toString(),
        `<?xml version="1.0" encoding="UTF-8"?>\n<soap:Envelope xmlns:soap="${soap12}"><soap:Body><soap:Fault><soap:Code><soap:Value>soap:${name12}</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="en">No &lt;money&gt; moved &amp; none will.</soap:Text></soap:Reason><soap:Detail><d/></soap:Detail></soap:Fault></soap:Body></soap:Envelope>\n`,
      );
      assert.deepEqual([faultStatus('1.1', code), faultStatus('1.2', code)], [500, status12]);
    });
  }

  test('a fault without detail', () => {
    assert.doesNotMatch(writeFault('1.1', { code: 'sender', reason: 'x' }).toString(), /detail/i);
    assert.doesNotMatch(writeFault('1.2', { code: 'sender', reason: 'x' }).toString(), /detail/i);
  });

  test('what XML cannot write becomes U+FFFD', () => {
    assert.equal(
      textElement('a', 'x\u0000\u0001\u000B\u{FFFE}\uD800y', { b: '\u0007' }),
      '<a b="\uFFFD">x\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDy</a>',
    );
  });

  test('any other text is read again as it was written', (t) => {
    const seed = Date.now() ^ process.pid;
    t.diagnostic(`seed ${seed}`);
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom('&', '<', '>', '"', "'", '\t', '\n', '\r', ' ', ']]>'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    });
    fc.assert(
      fc.property(text, fc.constantFrom<SoapVersion>('1.1', '1.2'), (value, version) => {
        const wanted = value.replaceAll(
          /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu,
          '\uFFFD',
        );
        const reading = readXml(writeEnvelope(version, textElement('a', value, { b: value })), messageLimits);
        assert.ok('root' in reading);
        using document = reading;
        const envelope = readEnvelope(document.root, version);
        assert.ok('child' in envelope);
        assert.equal(textOf(envelope.child), wanted);
        assert.equal(attributeOf(envelope.child, '', 'b'), wanted);
      }),
      { seed, numRuns: 500 },
    );
  });
});

describe('media types', () => {
  const table: readonly (readonly [string | undefined, SoapMediaType | undefined])[] = [
    ['text/xml', { version: '1.1' }],
    ['TEXT/XML;charset="UTF-8"', { version: '1.1', charset: 'utf-8' }],
    ['text/xml ; charset=utf-16 ;', { version: '1.1', charset: 'utf-16' }],
    ['text/xml; action="urn:a"', { version: '1.1' }],
    [
      'application/soap+xml; charset=utf-8; action="urn:a/B"',
      { version: '1.2', charset: 'utf-8', action: 'urn:a/B' },
    ],
    ['application/soap+xml;action=urn:a/B', { version: '1.2', action: 'urn:a/B' }],
    ['application/soap+xml;action=""', { version: '1.2' }],
    ['application/soap+xml; action="urn:\\"a"', { version: '1.2', action: 'urn:"a' }],
    [undefined, undefined],
    ['', undefined],
    ['application/xml', undefined],
    ['application/json', undefined],
    ['multipart/related; type="text/xml"', undefined],
    ['text/xml, text/xml', undefined],
    ['text/xml; charset', undefined],
    ['text/xml; charset=utf-8; charset=utf-16', undefined],
    ['text/xml; charset="utf-8', undefined],
    [`text/xml; x="${'x'.repeat(2_000)}"`, undefined],
  ];
  for (const [header, wanted] of table) {
    test(`${header?.slice(0, 60)}`, () => assert.deepEqual(readSoapMediaType(header), wanted));
  }
});
