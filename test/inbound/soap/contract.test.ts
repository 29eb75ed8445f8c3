import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { contractReader, exportContract, schemaNames } from '../../../src/inbound/soap/contract.ts';
import { childElements, compileSchema, readXml } from '../../../src/platform/xml.ts';
import type { XmlElement, XmlReading } from '../../../src/platform/xml.ts';

const base = 'https://bridge.example:8443';
const limits = { bytesMax: 1_000_000, depthMax: 64, nodesMax: 50_000 };

function document(query: string, baseUrl = base): string {
  const found = contractReader(baseUrl)(query);
  assert.ok(found, `nothing for ${query}`);
  assert.equal(found.contentType, 'text/xml; charset=utf-8');
  return found.bytes.toString('utf8');
}

function read(text: string): XmlReading {
  const reading = readXml(Buffer.from(text), limits);
  assert.ok('root' in reading);
  return reading;
}

function below(element: XmlElement, name: string): XmlElement[] {
  return childElements(element).flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...below(child, name),
  ]);
}

const value = (element: XmlElement, name: string): string => element.attr(name)?.value ?? '';

const locations = (text: string): string[] =>
  [...text.matchAll(/(?:schemaLocation|\slocation)="([^"]*)"/g)].map(([, url]) => url!);

describe('the served contract', () => {
  test('?wsdl names every place absolutely, from the configured address', () => {
    const endpoint = `${base}/soap/v1/payments`;
    assert.deepEqual(locations(document('wsdl')), [`${endpoint}?xsd=payments-v1.xsd`, endpoint, endpoint]);
    assert.equal(document('WSDL'), document('wsdl'));
  });

  test('a path below the address and characters that XML must escape are kept', () => {
    const [imported, address] = locations(document('wsdl', 'https://bridge.example/a&b/'));
    assert.equal(address, 'https://bridge.example/a&amp;b/soap/v1/payments');
    assert.equal(imported, `${address}?xsd=payments-v1.xsd`);
    using parsed = read(document('wsdl', 'https://bridge.example/a&b/'));
    assert.equal(parsed.root.name, 'definitions');
  });

  test('?xsd= serves each schema and nothing else', () => {
    assert.deepEqual(locations(document('xsd=payments-v1.xsd')), [
      `${base}/soap/v1/payments?xsd=types-v1.xsd`,
    ]);
    assert.deepEqual(locations(document('xsd=types-v1.xsd')), []);
    for (const query of [
      'xsd=',
      'xsd=../package.json',
      'xsd=bank-gateway-v1.xsd',
      'xsd=..%2Fx',
      '',
      'disco',
      'wsdl&x',
      '__proto__',
    ]) {
      assert.equal(contractReader(base)(query), undefined, query);
    }
  });

  test('each document is rendered once', () => {
    const served = contractReader(base);
    for (const query of ['wsdl', 'singleWsdl', 'xsd=types-v1.xsd']) {
      assert.equal(served(query), served(query), query);
    }
  });

  test('?singleWsdl holds both schemas, the imported one first, and imports no place', () => {
    const single = document('singleWsdl');
    assert.deepEqual(locations(single), [`${base}/soap/v1/payments`, `${base}/soap/v1/payments`]);
    using parsed = read(single);
    const [types] = childElements(parsed.root).filter(({ name }) => name === 'types');
    assert.deepEqual(
      childElements(types!).map((schema) => schema.attr('targetNamespace')?.value),
      ['urn:cagebridge:types:v1', 'urn:cagebridge:payments:v1'],
    );
  });

  test('the schemas compile as they are served', () => {
    const served = new Map(schemaNames.map((name) => [name, Buffer.from(document(`xsd=${name}`))]));
    const location = `${base}/soap/v1/payments?xsd=types-v1.xsd`;
    compileSchema(new Map([...served, [location, served.get('types-v1.xsd')!]]), 'payments-v1.xsd');
  });

  test('contract export writes files that name each other, and addresses as configured', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'contract-'));
    try {
      const names = await exportContract(join(directory, 'new'), base);
      assert.deepEqual(names, ['payments-v1.wsdl', ...schemaNames, 'payments-v1.single.wsdl']);
      const texts = await Promise.all(names.map((name) => readFile(join(directory, 'new', name), 'utf8')));
      const endpoint = `${base}/soap/v1/payments`;
      assert.deepEqual(texts.map(locations), [
        ['payments-v1.xsd', endpoint, endpoint],
        ['types-v1.xsd'],
        [],
        [endpoint, endpoint],
      ]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('the shape that generators need', () => {
  const wsdl = read(document('singleWsdl'));
  after(() => wsdl[Symbol.dispose]());
  const all = (name: string): XmlElement[] => below(wsdl.root, name);
  const operations = below(all('portType')[0]!, 'operation').map((operation) => value(operation, 'name'));

  test('three operations, each with the one fault', () => {
    assert.deepEqual(operations, ['Deposit', 'Withdrawal', 'Status']);
    for (const operation of below(all('portType')[0]!, 'operation')) {
      assert.deepEqual(
        below(operation, 'fault').map((fault) => value(fault, 'message')),
        ['pay:PaymentFault'],
      );
    }
  });

  test('SOAP 1.1 first, then 1.2, document/literal, with the actions of the contract', () => {
    const ports = all('port').map((port) => [value(port, 'name'), childElements(port)[0]!.namespaceUri]);
    assert.deepEqual(ports, [
      ['PaymentsSoap11', 'http://schemas.xmlsoap.org/wsdl/soap/'],
      ['PaymentsSoap12', 'http://schemas.xmlsoap.org/wsdl/soap12/'],
    ]);
    const actions = all('binding')
      .flatMap((binding) => below(binding, 'operation'))
      .flatMap((operation) =>
        operation.attr('soapAction') === null ? [] : [value(operation, 'soapAction')],
      );
    const wanted = operations.map((name) => `urn:cagebridge:payments:v1/${name}`);
    assert.deepEqual(actions, [...wanted, ...wanted]);
    assert.deepEqual(new Set(all('body').map((body) => value(body, 'use'))), new Set(['literal']));
  });

  test('every message has one part, called parameters, and each wrapper one element', () => {
    for (const message of all('message').filter((found) => value(found, 'name') !== 'PaymentFault')) {
      assert.deepEqual(
        below(message, 'part').map((part) => value(part, 'name')),
        ['parameters'],
      );
      const wrapper = all('element').find(
        (element) => `pay:${value(element, 'name')}` === value(below(message, 'part')[0]!, 'element'),
      );
      assert.equal(below(wrapper!, 'element').length, 1);
    }
  });

  test('nothing that some generator cannot read', () => {
    for (const name of ['choice', 'any', 'anyAttribute', 'list', 'union', 'all', 'group', 'attributeGroup']) {
      assert.equal(all(name).length, 0, name);
    }
    const every = below(wsdl.root, 'element');
    for (const attribute of ['nillable', 'substitutionGroup', 'abstract', 'default', 'fixed']) {
      assert.deepEqual(
        every.filter((element) => element.attr(attribute) !== null),
        [],
        attribute,
      );
    }
    assert.deepEqual(
      all('attribute').map((attribute) => value(attribute, 'name')),
      ['Ccy'],
    );
  });

  test('no type is named like a wrapper', () => {
    const types = [...all('complexType'), ...all('simpleType')]
      .map((type) => value(type, 'name'))
      .filter(Boolean);
    for (const operation of operations) {
      for (const suffix of ['', 'Request', 'Response'])
        assert.ok(!types.includes(`${operation}${suffix}`), operation + suffix);
    }
    assert.equal(new Set(types).size, types.length);
  });

  test('every simple value has a pattern or an enumeration, and every response code is an open token', () => {
    for (const type of all('simpleType')) {
      const restriction = below(type, 'restriction')[0]!;
      assert.ok(
        below(type, 'pattern').length === 1 || below(type, 'enumeration').length > 0,
        value(type, 'name'),
      );
      const isResponseCode =
        value(type, 'name').endsWith('Code') &&
        !['CurrencyCode', 'PurposeCode'].includes(value(type, 'name'));
      assert.equal(value(restriction, 'base') === 'xs:token', isResponseCode, value(type, 'name'));
    }
  });

  test('no element of a message has a bare XML Schema type', () => {
    for (const element of below(all('types')[0]!, 'element'))
      assert.doesNotMatch(value(element, 'type'), /^xs:/);
  });
});
