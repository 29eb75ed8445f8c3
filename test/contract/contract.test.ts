import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { incompatibilities } from './compare-contracts.ts';
import { presentContract, recordedContract } from './contract-files.ts';
import { readContract } from './contract-model.ts';
import type { ContractFiles } from './contract-model.ts';

const present = presentContract();

test('every client of the recorded contract works with the present one', () => {
  const findings = incompatibilities(readContract(recordedContract()), readContract(present));
  assert.deepEqual(findings, [], 'see test/tools/record-contract.ts');
});

test('the recorded copy is the present contract, so that what is added is recorded too', () => {
  assert.deepEqual(recordedContract(), present);
});

/** The contract with one change planted; a change that finds nothing to change is a mistake of the test. */
function planted(file: string, from: string | RegExp, to: string): ContractFiles {
  const text = present.get(file) ?? '';
  const changed = text.replace(from, to);
  assert.notEqual(changed, text, 'nothing was planted');
  return new Map([...present, [file, changed]]);
}

const wsdl = 'payments-v1.wsdl';
const wrappers = 'payments-v1.xsd';
const types = 'types-v1.xsd';
const optional = '<xs:element name="New" type="Identifier35" minOccurs="0"/>';
const after = (name: string): RegExp =>
  new RegExp(`(?<=<xs:complexType name="${name}">[\\s\\S]*?)(?=\\s*</xs:sequence>)`);

describe('planted changes that are compatible', () => {
  const table: readonly (readonly [string, ContractFiles])[] = [
    ['nothing at all', present],
    ['an optional element at the end of a request', planted(types, after('DepositInstruction'), optional)],
    ['an optional element within a request', planted(types, /(?=<xs:element name="PlayerId")/, optional)],
    ['an optional element in the creditor', planted(types, after('CreditorParty'), optional)],
    [
      'an optional element of a new type',
      new Map([
        ...present,
        [
          types,
          present
            .get(types)!
            .replace(after('PaymentQuery'), '<xs:element name="New" type="NewType" minOccurs="0"/>')
            .replace(
              '</xs:schema>',
              '<xs:simpleType name="NewType"><xs:restriction base="xs:string"/></xs:simpleType></xs:schema>',
            ),
        ],
      ]),
    ],
    ['documentation', planted(types, 'Compared byte for byte.', 'Compared as bytes.')],
    ['another address', planted(wsdl, /127\.0\.0\.1/g, 'bridge.example')],
    [
      'another prefix',
      new Map([
        ...present,
        [wsdl, present.get(wsdl)!.replaceAll('pay:', 'p:').replaceAll('xmlns:pay', 'xmlns:p')],
      ]),
    ],
    [
      'a new operation',
      new Map([
        [
          wsdl,
          present
            .get(wsdl)!
            .replace(
              '<wsdl:portType name="Payments">',
              '<wsdl:message name="Cancel"><wsdl:part name="parameters" element="pay:Cancel"/></wsdl:message><wsdl:portType name="Payments"><wsdl:operation name="Cancel"><wsdl:input message="pay:Cancel"/></wsdl:operation>',
            )
            .replaceAll(
              /(?<=<(soap(?:12)?):binding [^>]*>)/g,
              '<wsdl:operation name="Cancel"><$1:operation soapAction="urn:cagebridge:payments:v1/Cancel"/></wsdl:operation>',
            ),
        ],
        [
          wrappers,
          present
            .get(wrappers)!
            .replace('</xs:schema>', '<xs:element name="Cancel" type="types:PaymentQuery"/></xs:schema>'),
        ],
        [types, present.get(types)!],
      ]),
    ],
  ];
  for (const [name, files] of table) {
    test(name, () => assert.deepEqual(incompatibilities(readContract(present), readContract(files)), []));
  }
});

describe('planted changes that break a client', () => {
  const table: readonly (readonly [string, RegExp, ContractFiles])[] = [
    [
      'an operation gone',
      /operation Status is gone/,
      planted(wsdl, /<wsdl:operation name="Status">[\s\S]*?<\/wsdl:operation>/, ''),
    ],
    [
      'an operation renamed',
      /operation Deposit is gone/,
      planted(wsdl, '<wsdl:operation name="Deposit">', '<wsdl:operation name="PayIn">'),
    ],
    [
      'a fault gone',
      /faults of Deposit/,
      planted(wsdl, /<wsdl:fault name="PaymentFault" message="pay:PaymentFault"\/>/, ''),
    ],
    ['another action', /binding of Withdrawal/, planted(wsdl, 'v1/Withdrawal"', 'v1/PayOut"')],
    ['rpc style', /binding of Deposit/, planted(wsdl, 'style="document"', 'style="rpc"')],
    [
      'another part name',
      /input of Deposit/,
      planted(wsdl, '"parameters" element="pay:Deposit"', '"body" element="pay:Deposit"'),
    ],
    [
      'SOAP 1.2 first',
      /^ports/,
      planted(
        wsdl,
        /(<wsdl:port name="PaymentsSoap11"[\s\S]*?<\/wsdl:port>)\s*(<wsdl:port name="PaymentsSoap12"[\s\S]*?<\/wsdl:port>)/,
        '$2$1',
      ),
    ],
    ['a port gone', /^ports/, planted(wsdl, /<wsdl:port name="PaymentsSoap12"[\s\S]*?<\/wsdl:port>/, '')],
    [
      'another namespace',
      /namespace changed or gone/,
      planted(
        types,
        'targetNamespace="urn:cagebridge:types:v1"',
        'targetNamespace="urn:cagebridge:types:v2"',
      ),
    ],
    [
      'unqualified elements',
      /namespace changed or gone/,
      planted(types, 'elementFormDefault="qualified"', 'elementFormDefault="unqualified"'),
    ],
    [
      'a wrapper of two',
      /new optional element New/,
      planted(
        wrappers,
        /(?=<\/xs:sequence>)/,
        '<xs:element name="New" type="types:Identifier35" minOccurs="0"/>',
      ),
    ],
    [
      'a required element in a request',
      /new required element New \(request\)/,
      planted(types, after('DepositInstruction'), '<xs:element name="New" type="Identifier35"/>'),
    ],
    [
      'an optional element that became required',
      /elements of .*DepositInstruction/,
      planted(
        types,
        '<xs:element name="EndToEndId" type="EndToEndIdentifier" minOccurs="0"',
        '<xs:element name="EndToEndId" type="EndToEndIdentifier"',
      ),
    ],
    [
      'a required element of a request that became optional',
      /elements of .*DepositInstruction/,
      planted(
        types,
        '<xs:element name="MessageId" type="Identifier35"',
        '<xs:element name="MessageId" minOccurs="0" type="Identifier35"',
      ),
    ],
    [
      'an element of a request gone',
      /elements of .*PaymentQuery/,
      planted(
        types,
        '<xs:element name="PaymentId" type="UUID" minOccurs="0"/>\n      <xs:element name="PartnerReference" type="Identifier35" minOccurs="0"/>',
        '<xs:element name="PartnerReference" type="Identifier35" minOccurs="0"/>',
      ),
    ],
    [
      'an element renamed',
      /new optional element|elements of/,
      planted(types, 'name="ReturnUrl"', 'name="ReturnURL"'),
    ],
    [
      'another order',
      /elements of .*PaymentQuery/,
      planted(
        types,
        /(<xs:element name="PaymentId" type="UUID" minOccurs="0"\/>)(\s*)(<xs:element name="PartnerReference" type="Identifier35" minOccurs="0"\/>)/,
        '$3$2$1',
      ),
    ],
    [
      'another type',
      /elements of .*DepositInstruction/,
      planted(types, 'name="PlayerId" type="Identifier64"', 'name="PlayerId" type="Identifier35"'),
    ],
    ['a longer list', /elements of .*DepositInstruction/, planted(types, 'maxOccurs="20"', 'maxOccurs="30"')],
    [
      'nillable',
      /elements of .*DepositInstruction/,
      planted(types, '<xs:element name="UETR"', '<xs:element nillable="true" name="UETR"'),
    ],
    [
      'an optional element in a result',
      /new optional element New \(answer\)/,
      planted(types, after('PaymentResult'), optional),
    ],
    [
      'an optional element in a fault',
      /new optional element New \(answer\)/,
      planted(types, after('FaultInformation'), optional),
    ],
    [
      'an optional element in what both sides share',
      /new optional element New \(answer\)/,
      planted(types, /(?<=<xs:complexType name="Property">[\s\S]*?)(?=\s*<\/xs:sequence>)/, optional),
    ],
    [
      'a result element that may be missing',
      /elements of .*PaymentResult/,
      planted(
        types,
        '<xs:element name="UnderReview" type="Flag"',
        '<xs:element name="UnderReview" minOccurs="0" type="Flag"',
      ),
    ],
    ['another attribute', /type .*CurrencyAmount/, planted(types, 'name="Ccy"', 'name="Currency"')],
    [
      'an attribute that became optional',
      /type .*CurrencyAmount/,
      planted(types, 'use="required"', 'use="optional"'),
    ],
    [
      'a wider pattern in a code of a response',
      /type .*TransactionStatusCode/,
      planted(types, '"[A-Z]{4}"', '"[A-Z]{1,4}"'),
    ],
    [
      'a new value in a request',
      /type .*PaymentMethod/,
      planted(
        types,
        '<xs:enumeration value="OTHER">',
        '<xs:enumeration value="CRYPTO"/><xs:enumeration value="OTHER">',
      ),
    ],
    [
      'another base',
      /type .*AmountValue/,
      planted(types, '<xs:restriction base="xs:decimal">', '<xs:restriction base="xs:string">'),
    ],
    [
      'a shorter text',
      /type .*Text140/,
      planted(types, '<xs:maxLength value="140"/>', '<xs:maxLength value="70"/>'),
    ],
    [
      'a choice',
      /new required element|elements of|type /,
      planted(types, after('PaymentQuery'), '<xs:choice><xs:element name="A" type="UUID"/></xs:choice>'),
    ],
  ];
  for (const [name, finding, files] of table) {
    test(name, () => {
      const findings = incompatibilities(readContract(present), readContract(files));
      assert.ok(
        findings.some((found) => finding.test(found)),
        findings.join('\n') || 'nothing was found',
      );
    });
  }
});
