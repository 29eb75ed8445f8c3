import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import {
  attributeOf,
  childElements,
  compileSchema,
  isElement,
  messageLimits,
  readXml,
  textOf,
} from '../../src/platform/xml.ts';
import type { XmlReading, XmlRefusal } from '../../src/platform/xml.ts';
import { assertCheap } from '../support/cheapest.ts';

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const utf16le = (text: string, bom = true): Buffer => Buffer.from(`${bom ? '\uFEFF' : ''}${text}`, 'utf16le');
const utf16be = (text: string, bom = true): Buffer => utf16le(text, bom).swap16();
const bom = Buffer.from([0xef, 0xbb, 0xbf]);

function read(bytes: Uint8Array): XmlReading {
  const reading = readXml(bytes, messageLimits);
  assert.ok(!('refused' in reading), `refused: ${'refused' in reading ? reading.refused : ''}`);
  return reading;
}

function refusal(bytes: Uint8Array): XmlRefusal | 'read' {
  const reading = readXml(bytes, messageLimits);
  if ('refused' in reading) return reading.refused;
  reading[Symbol.dispose]();
  return 'read';
}

const doctype = '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>';
const laughs = `<!DOCTYPE a [<!ENTITY x0 "ha">${Array.from(
  { length: 30 },
  (_, n) => `<!ENTITY x${n + 1} "&x${n};&x${n};">`,
).join('')}]><a>&x30;</a>`;

describe('what is refused before a tree is built', () => {
  const table: readonly (readonly [string, Uint8Array, XmlRefusal])[] = [
    ['nothing', Buffer.alloc(0), 'empty'],
    ['white space', utf8('  \n'), 'notWellFormed'],
    ['more bytes than allowed', utf8(`<a>${' '.repeat(65_536)}</a>`), 'tooLarge'],
    ['DOCTYPE', utf8(doctype), 'doctype'],
    ['DOCTYPE behind a BOM', Buffer.concat([bom, utf8(doctype)]), 'doctype'],
    [
      'DOCTYPE behind a declaration, comment and instruction',
      utf8(`<?xml version="1.0"?><!-- > --><?x >?>\n${doctype}`),
      'doctype',
    ],
    ['DOCTYPE in UTF-16LE with BOM', utf16le(doctype), 'doctype'],
    ['DOCTYPE in UTF-16LE without BOM', utf16le(doctype, false), 'doctype'],
    ['DOCTYPE in UTF-16BE with BOM', utf16be(doctype), 'doctype'],
    ['DOCTYPE in UTF-16BE without BOM', utf16be(doctype, false), 'doctype'],
    [
      'DOCTYPE with an external subset',
      utf8('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>'),
      'doctype',
    ],
    ['billion laughs', utf8(laughs), 'doctype'],
    ['an entity that nobody declared', utf8('<a>&e;</a>'), 'notWellFormed'],
    ['UTF-7', utf8('+ADw-a/+AD4-'), 'notWellFormed'],
    ['EBCDIC', Buffer.from([0x4c, 0x81, 0x61, 0x6e]), 'encoding'],
    ['UTF-32LE', Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]), 'notWellFormed'],
    ['UTF-32BE', Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x3c]), 'encoding'],
    [
      'bytes that are no UTF-8',
      Buffer.concat([utf8('<a>'), Buffer.from([0xc0, 0x80]), utf8('</a>')]),
      'encoding',
    ],
    ['half a UTF-16 character', Buffer.concat([utf16le('<a/>'), Buffer.from([0x20])]), 'encoding'],
    [
      'a lone surrogate',
      Buffer.concat([utf16le('<a>'), Buffer.from([0x00, 0xd8]), utf16le('</a>', false)]),
      'encoding',
    ],
    ['declared ISO-8859-1', utf8('<?xml version="1.0" encoding="ISO-8859-1"?><a/>'), 'encoding'],
    ['declared UTF-16, written UTF-8', utf8('<?xml version="1.0" encoding="utf-16"?><a/>'), 'encoding'],
    ['declared UTF-8, written UTF-16', utf16le('<?xml version="1.0" encoding="utf-8"?><a/>'), 'encoding'],
    ['version 1.1', utf8('<?xml version="1.1"?><a/>'), 'notWellFormed'],
    ['depth 33', utf8(`${'<a>'.repeat(33)}${'</a>'.repeat(33)}`), 'tooDeep'],
    ['depth 33 by an empty element', utf8(`${'<a>'.repeat(32)}<a/>${'</a>'.repeat(32)}`), 'tooDeep'],
    ['2,001 elements', utf8(`<a>${'<b/>'.repeat(2000)}</a>`), 'tooManyNodes'],
    ['2,000 comments', utf8(`<a>${'<!---->'.repeat(2000)}</a>`), 'tooManyNodes'],
    ['a comment inside a value', utf8('<a>90<!-- x -->07.10</a>'), 'markupInText'],
    ['a comment before a value', utf8('<a><!-- x -->07.10</a>'), 'markupInText'],
    ['a comment after a value', utf8('<a>07.10<!-- x --></a>'), 'markupInText'],
    ['a processing instruction inside a value', utf8('<a>90<?x y?>07.10</a>'), 'processingInstruction'],
    ['a comment beside CDATA', utf8('<a><![CDATA[90]]><!-- x --></a>'), 'markupInText'],
    ['two roots', utf8('<a/><a/>'), 'notWellFormed'],
    ['text after the root', utf8('<a/>x'), 'notWellFormed'],
    ['a missing end', utf8('<a><b></a>'), 'notWellFormed'],
    ['an end too many', utf8('</a>'), 'notWellFormed'],
    ['an unclosed comment', utf8('<a><!-- </a>'), 'notWellFormed'],
    ['an unclosed CDATA section', utf8('<a><![CDATA[</a>'), 'notWellFormed'],
    ['an unclosed attribute', utf8('<a b="></a>'), 'notWellFormed'],
    ['a tag within a tag', utf8('<a <b></a>'), 'notWellFormed'],
    ['a prefix that nobody declared', utf8('<p:a/>'), 'notWellFormed'],
    ['an attribute twice', utf8('<a b="1" b="2"/>'), 'notWellFormed'],
    ['a NUL', utf8('<a>\0</a>'), 'notWellFormed'],
    ['a control character by reference', utf8('<a>&#1;</a>'), 'notWellFormed'],
    ['a lower-case doctype', utf8('<!doctype a><a/>'), 'notWellFormed'],
    ['an element declaration', utf8('<a><!ELEMENT a ANY></a>'), 'notWellFormed'],
    ['a DOCTYPE where none may be', utf8(`<a>${doctype}</a>`), 'doctype'],
  ];
  for (const [name, bytes, refused] of table)
    test(`${name}: ${refused}`, () => assert.equal(refusal(bytes), refused));

  test('depth 150,000 and 25,000 attributes are answered without holding the event loop', async () => {
    const wide = { bytesMax: 4_000_000, depthMax: 32, nodesMax: 2_000 };
    const deep = utf8('<a>'.repeat(150_000));
    const attributes = utf8(`<a ${Array.from({ length: 25_000 }, (_, n) => `a${n}="x"`).join(' ')}/>`);
    await assertCheap(250, () => {
      assert.deepEqual(readXml(deep, wide), { refused: 'tooDeep' });
      assert.deepEqual(readXml(attributes, wide), { refused: 'tooManyNodes' });
    });
  });
});

describe('what is read', () => {
  const text = '<?xml version="1.0"?><a>Zoë 你好 𝄞</a>';
  const table: readonly (readonly [string, Uint8Array])[] = [
    ['UTF-8', utf8(text)],
    ['UTF-8 with BOM', Buffer.concat([bom, utf8(text)])],
    ['UTF-16LE with BOM', utf16le(text)],
    ['UTF-16LE without BOM', utf16le(text, false)],
    ['UTF-16BE with BOM', utf16be(text)],
    ['UTF-16BE without BOM', utf16be(text, false)],
    ['a declared encoding', utf8(text.replace('"1.0"', '"1.0" encoding="UTF-8" standalone="yes"'))],
    ['a single-quoted declaration', utf8(text.replace('"1.0"', "'1.0' encoding='utf-8'"))],
    ['UTF-16 that says so', utf16be(text.replace('"1.0"', '"1.0" encoding="UTF-16"'))],
    ['no declaration', utf8(text.slice(text.indexOf('<a>')))],
    ['CDATA', utf8('<a>Zoë <![CDATA[你]]>好 <![CDATA[𝄞]]></a>')],
    ['character references', utf8('<a>Zo&#xEB; &#20320;&#x597D; &#x1D11E;</a>')],
    ['a comment and an instruction outside', utf8('<!-- a --><?b c?><a>Zoë 你好 𝄞</a><!-- d -->')],
  ];
  for (const [name, bytes] of table) {
    test(name, () => {
      using document = read(bytes);
      assert.equal(textOf(document.root), 'Zoë 你好 𝄞');
    });
  }

  test('comments between elements are passed over, as generators of sample requests write them', () => {
    using document = read(
      utf8('<a>\n<!--Optional:-->\n<b x="1" y:x="2" xmlns:y="urn:y">v</b><!----><c xmlns="urn:c"/></a>'),
    );
    const [b, c] = childElements(document.root);
    assert.ok(b !== undefined && c !== undefined);
    assert.ok(isElement(b, '', 'b') && isElement(c, 'urn:c', 'c') && !isElement(c, '', 'c'));
    assert.deepEqual(
      [attributeOf(b, '', 'x'), attributeOf(b, 'urn:y', 'x'), attributeOf(b, '', 'z')],
      ['1', '2', undefined],
    );
    assert.equal(textOf(document.root), undefined);
    assert.equal(textOf(c), '');
  });

  test('a `>` in an attribute and markup in CDATA do not lead the scan astray', () => {
    using document = read(utf8(`<a b=">'/a>" c='"!--'/>`));
    assert.equal(attributeOf(document.root, '', 'b'), ">'/a>");
    using other = read(utf8('<a><![CDATA[<!DOCTYPE x><b></a>]]></a>'));
    assert.equal(textOf(other.root), '<!DOCTYPE x><b></a>');
  });

  test('the encoding is told', () => {
    using narrow = read(utf8('<a/>'));
    using wide = read(utf16le('<a/>'));
    assert.deepEqual([narrow.encoding, wide.encoding], ['utf-8', 'utf-16']);
  });

  test('XInclude and xml:base fetch nothing', () => {
    using document = read(
      utf8(
        '<a xml:base="file:///etc/"><i:include xmlns:i="http://www.w3.org/2001/XInclude" href="hosts" parse="text"/></a>',
      ),
    );
    assert.deepEqual(
      childElements(document.root).map(({ name }) => name),
      ['include'],
    );
  });
});

const types = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t" elementFormDefault="qualified">
<xs:simpleType name="Number"><xs:restriction base="xs:decimal"><xs:pattern value="(0|[1-9][0-9]{0,12})(\\.[0-9]{1,4})?"/></xs:restriction></xs:simpleType>
<xs:simpleType name="Ccy"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{3}"/></xs:restriction></xs:simpleType>
</xs:schema>`;
const main = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:m" elementFormDefault="qualified">
<xs:import namespace="urn:t" schemaLocation="types.xsd"/>
<xs:element name="Order"><xs:complexType><xs:sequence>
<xs:element name="Amount" maxOccurs="unbounded"><xs:complexType><xs:simpleContent><xs:extension base="t:Number"><xs:attribute name="Ccy" type="t:Ccy" use="required"/></xs:extension></xs:simpleContent></xs:complexType></xs:element>
<xs:element name="Note" minOccurs="0"><xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="3"/></xs:restriction></xs:simpleType></xs:element>
<xs:element name="At" minOccurs="0" type="xs:dateTime"/>
</xs:sequence></xs:complexType></xs:element>
</xs:schema>`;
const files = new Map([
  ['main.xsd', utf8(main)],
  ['types.xsd', utf8(types)],
]);
const schema = compileSchema(files, 'main.xsd');

const wrap = (xml: string, style: 'prefix' | 'default'): string => {
  const used =
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema"';
  if (style === 'default') return `<e><x/><y ${used}>${xml.replace(/^<(\w+)/, '<$1 xmlns="urn:m"')}</y></e>`;
  return `<e xmlns:p="urn:m" ${used}><x/><y>${xml.replaceAll(/<(\/?)(?=\w)/g, '<$1p:')}</y></e>`;
};

describe('validation of one element', () => {
  const table: readonly (readonly [string, string, readonly string[]])[] = [
    ['valid', '<Order><Amount Ccy="EUR">12.30</Amount><Note>abc</Note></Order>', []],
    [
      'patterns of value and attribute',
      '<Order><Amount Ccy="eur">+1</Amount></Order>',
      ['/Order/Amount/@Ccy pattern', '/Order/Amount pattern'],
    ],
    ['no number', '<Order><Amount Ccy="EUR">secret</Amount></Order>', ['/Order/Amount type']],
    ['attribute missing', '<Order><Amount>1</Amount></Order>', ['/Order/Amount attributeMissing Ccy']],
    [
      'attribute that nobody knows',
      '<Order><Amount Ccy="EUR" secret="s">1</Amount></Order>',
      ['/Order/Amount/@* attributeNotAllowed'],
    ],
    ['too long', '<Order><Amount Ccy="EUR">1</Amount><Note>secret</Note></Order>', ['/Order/Note length']],
    ['missing child', '<Order/>', ['/Order missing Amount']],
    [
      'wrong order',
      '<Order><Note>x</Note><Amount Ccy="EUR">1</Amount></Order>',
      ['/Order/Note notExpected Amount'],
    ],
    [
      'the second of two',
      '<Order><Amount Ccy="EUR">1</Amount><Amount Ccy="EUR">x</Amount></Order>',
      ['/Order/Amount[2] type'],
    ],
    [
      'unknown child',
      '<Order><Amount Ccy="EUR">1</Amount><Iban>s</Iban></Order>',
      ['/Order/* notExpected Amount, Note, At'],
    ],
    ['text between elements', '<Order>secret<Amount Ccy="EUR">1</Amount></Order>', ['/Order textNotAllowed']],
    [
      'element in a value',
      '<Order><Amount Ccy="EUR">1<b/></Amount></Order>',
      ['/Order/Amount childNotAllowed'],
    ],
    [
      'no date',
      '<Order><Amount Ccy="EUR">1</Amount><At>2026-02-30T00:00:00Z</At></Order>',
      ['/Order/At type'],
    ],
    ['nil', '<Order><Amount Ccy="EUR" xsi:nil="true"/></Order>', ['/Order/Amount type']],
    [
      'another type',
      '<Order><Amount Ccy="EUR" xsi:type="xs:string">1</Amount></Order>',
      ['/Order/Amount/@* type'],
    ],
    ['unknown root', '<Iban/>', ['/* unknownElement']],
    ['a name of the schema that is no root', '<Amount Ccy="EUR">1</Amount>', ['/Amount unknownElement']],
  ];
  for (const [name, xml, wanted] of table) {
    for (const style of ['prefix', 'default'] as const) {
      test(`${name} (${style})`, () => {
        using document = read(utf8(wrap(xml, style)));
        const [, holder] = childElements(document.root);
        const [order] = childElements(holder!);
        const found = schema
          .validate(order!)
          .map(({ path, rule, expected }) => [path, rule, expected].filter(Boolean).join(' '));
        assert.deepEqual(found, wanted);
      });
    }
  }

  test('not more than five violations, and no value in any of them', () => {
    using document = read(
      utf8(
        `<Order xmlns="urn:m">${'<Amount Ccy="DE89370400440532013000">John Doe</Amount>'.repeat(40)}</Order>`,
      ),
    );
    const found = schema.validate(document.root);
    assert.equal(found.length, 5);
    assert.doesNotMatch(JSON.stringify(found), /DE89|John/);
  });

  test('a namespace that looks like a message fools nobody', () => {
    using document = read(utf8(`<Order xmlns="urn:m"><x xmlns="urn:u':missing;Expected'"/></Order>`));
    assert.deepEqual(schema.validate(document.root), [
      { path: '/Order/*', rule: 'notExpected', expected: 'Amount' },
    ]);
  });

  for (const namespace of ['', 'urn:other']) {
    test(`a name of the schema in namespace "${namespace}" is told which one it needs`, () => {
      using document = read(
        utf8(`<m:Order xmlns:m="urn:m" xmlns="${namespace}"><Amount Ccy="EUR">1</Amount></m:Order>`),
      );
      assert.deepEqual(schema.validate(document.root), [
        { path: '/Order/Amount', rule: 'notExpected', expected: 'Amount in urn:m' },
      ]);
    });
  }

  test('schemaLocation in a document loads nothing and leaves the schema as it was', () => {
    using document = read(
      utf8(
        '<Order xmlns="urn:m" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:m types.xsd urn:q /etc/passwd" xsi:noNamespaceSchemaLocation="main.xsd"><Amount Ccy="EUR">x</Amount></Order>',
      ),
    );
    assert.deepEqual(
      schema.validate(document.root).map(({ rule }) => rule),
      ['type'],
    );
    using valid = read(utf8('<Order xmlns="urn:m"><Amount Ccy="EUR">1</Amount></Order>'));
    assert.deepEqual(schema.validate(valid.root), []);
  });

  test('a schema that is missing or wrong is found when it is compiled', () => {
    assert.throws(() => compileSchema(files, 'other.xsd'), /no schema file/);
    assert.throws(() => compileSchema(new Map([['main.xsd', utf8(main)]]), 'main.xsd'));
  });

  test('an import is looked up among the given files, and never on the disk', () => {
    const onDisk = new URL('../../xsd/types-v1.xsd', import.meta.url);
    for (const location of [onDisk.pathname, onDisk.href, 'http://127.0.0.1:9/types.xsd']) {
      const importing = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:cagebridge:types:v1"><xs:import namespace="urn:cagebridge:types:v1" schemaLocation="${location}"/><xs:element name="a" type="t:UUID"/></xs:schema>`;
      assert.throws(() => compileSchema(new Map([['main.xsd', utf8(importing)]]), 'main.xsd'), location);
    }
  });

  test('a document full of errors is answered quickly', async () => {
    const bytes = utf8(`<Order xmlns="urn:m">${'<q/>'.repeat(1_900)}</Order>`);
    const amounts = utf8(`<Order xmlns="urn:m">${'<Amount>x</Amount>'.repeat(1_900)}</Order>`);
    await assertCheap(1_000, () => {
      using document = read(bytes);
      assert.equal(schema.validate(document.root).length, 1);
      using many = read(amounts);
      assert.equal(schema.validate(many.root).length, 5);
    });
  });
});

describe('properties', () => {
  const seed = Date.now() ^ process.pid;

  test('random bytes and damaged documents are read or refused, never thrown at', (t) => {
    t.diagnostic(`seed ${seed}`);
    const base = utf8(
      '<?xml version="1.0"?><p:Order xmlns:p="urn:m"><p:Amount Ccy="EUR">1<![CDATA[2]]></p:Amount><!-- c --></p:Order>',
    );
    const damaged = fc
      .array(
        fc.tuple(fc.nat(base.length - 1), fc.constantFrom(...Buffer.from('<>!?/-[]"\'&;x \0\xff', 'latin1'))),
        { maxLength: 4 },
      )
      .map((edits) => {
        const bytes = Buffer.from(base);
        for (const [at, byte] of edits) bytes[at] = byte;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (bytes) => {
        const reading = readXml(bytes, messageLimits);
        if ('refused' in reading) return reading.refused !== 'engineFailed';
        using document = reading;
        return schema.validate(document.root).length <= 5;
      }),
      { seed, numRuns: 3_000 },
    );
  });
});

test('memory stays flat over 30,000 documents, good and bad', () => {
  const good = utf8('<Order xmlns="urn:m"><Amount Ccy="EUR">12.30</Amount></Order>');
  const bad = utf8('<Order xmlns="urn:m"><Amount>x</Amount></Order>');
  const broken = utf8('<Order xmlns="urn:m"><Amount>x</Order>');
  const cycle = (times: number): void => {
    for (let n = 0; n < times; n += 1) {
      for (const bytes of [good, bad, broken]) {
        const reading = readXml(bytes, messageLimits);
        if ('refused' in reading) continue;
        using document = reading;
        schema.validate(document.root);
      }
    }
  };
  cycle(2_000);
  const before = process.memoryUsage.rss();
  cycle(10_000);
  const grownMiB = (process.memoryUsage.rss() - before) / 2 ** 20;
  assert.ok(grownMiB < 40, `grew by ${grownMiB.toFixed(1)} MiB`);
});
