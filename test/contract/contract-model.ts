/**
 * What the contract promises, read from its files: operations, actions, ports, elements and types, by qualified names. Documentation,
 * prefixes, the order of declarations and the address are no promise and are left out.
 */
import { childElements, readXml } from '../../src/platform/xml.ts';
import type { XmlElement } from '../../src/platform/xml.ts';

/** The contract's files by name: one WSDL and its schemas. */
export type ContractFiles = ReadonlyMap<string, string>;

export interface Particle {
  readonly name: string;
  readonly type: string;
  readonly occurs: string;
  readonly optional: boolean;
}

/** `uses` are the types that it is made of, beside those of its elements. */
export type TypeModel =
  | { readonly kind: 'simple'; readonly facts: string; readonly uses: readonly string[] }
  | {
      readonly kind: 'complex';
      readonly facts: string;
      readonly uses: readonly string[];
      readonly particles: readonly Particle[];
    };

export interface OperationModel {
  readonly input: string;
  readonly output: string;
  readonly faults: readonly string[];
  /** Binding, style, action and use, one line a binding. */
  readonly bindings: readonly string[];
}

export interface ContractModel {
  readonly namespaces: readonly string[];
  readonly ports: readonly string[];
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** Global elements; an anonymous type is one called like the element, in braces of its own. */
  readonly elements: ReadonlyMap<string, string>;
  readonly types: ReadonlyMap<string, TypeModel>;
}

const limits = { bytesMax: 1_000_000, depthMax: 64, nodesMax: 50_000 };

export function readContract(files: ContractFiles): ContractModel {
  const wsdl: WsdlParts = { ports: [], operations: new Map() };
  const schemas: SchemaParts = { namespaces: [], elements: new Map(), types: new Map() };
  for (const [name, text] of files) {
    const reading = readXml(Buffer.from(text), limits);
    if ('refused' in reading) throw new Error(`${name} is not readable: ${reading.refused}`);
    using document = reading;
    if (document.root.name === 'definitions') readWsdl(document.root, wsdl);
    else readSchema(document.root, schemas);
  }
  return { ...wsdl, ...schemas, namespaces: schemas.namespaces.toSorted() };
}

interface WsdlParts {
  readonly ports: string[];
  readonly operations: Map<string, OperationModel>;
}

interface SchemaParts {
  readonly namespaces: string[];
  readonly elements: Map<string, string>;
  readonly types: Map<string, TypeModel>;
}

function readWsdl(root: XmlElement, parts: WsdlParts): void {
  const messages = new Map(
    named(root, 'message').map((message) => {
      const contents = named(message, 'part').map(
        (part) => `${value(part, 'name')}=${qualified(part, 'element')}`,
      );
      return [`{${value(root, 'targetNamespace')}}${value(message, 'name')}`, contents.join(' ')];
    }),
  );
  const messageOf = (element: XmlElement | undefined): string =>
    element === undefined ? '' : (messages.get(qualified(element, 'message')) ?? '');
  for (const operation of named(named(root, 'portType')[0], 'operation')) {
    parts.operations.set(value(operation, 'name'), {
      input: messageOf(named(operation, 'input')[0]),
      output: messageOf(named(operation, 'output')[0]),
      faults: named(operation, 'fault').map((fault) => `${value(fault, 'name')}: ${messageOf(fault)}`),
      bindings: named(root, 'binding').map((binding) => bindingFacts(binding, value(operation, 'name'))),
    });
  }
  for (const port of named(named(root, 'service')[0], 'port')) {
    const [address] = childElements(port);
    parts.ports.push(`${value(port, 'name')} ${address?.namespaceUri} ${qualified(port, 'binding')}`);
  }
}

function bindingFacts(binding: XmlElement, operationName: string): string {
  const operation = named(binding, 'operation').find((found) => value(found, 'name') === operationName);
  return operation === undefined ? `${value(binding, 'name')}: none` : facts(binding, operation);
}

/** Everything that a binding says of one operation, and of itself. */
function facts(binding: XmlElement, operation: XmlElement): string {
  const own = childElements(binding).filter(({ name }) => name === 'binding');
  return [...[binding, ...own].map((part) => attributesOf(part)), canonical(operation)].join(' ');
}

function readSchema(root: XmlElement, parts: SchemaParts): void {
  const namespace = value(root, 'targetNamespace');
  parts.namespaces.push(
    `${namespace} elements ${value(root, 'elementFormDefault')}, attributes ${value(root, 'attributeFormDefault')}`,
  );
  for (const declared of childElements(root)) {
    const name = `{${namespace}}${value(declared, 'name')}`;
    if (declared.name === 'element') parts.elements.set(name, typeOf(declared, name, parts));
    else if (declared.name === 'simpleType') parts.types.set(name, simpleType(declared));
    else if (declared.name === 'complexType') parts.types.set(name, complexType(declared, name, parts));
  }
}

function typeOf(element: XmlElement, name: string, parts: SchemaParts): string {
  const [inner] = childElements(element).filter((child) => child.name.endsWith('Type'));
  if (inner === undefined) return qualified(element, 'type');
  const type = `{anonymous}${name}`;
  parts.types.set(type, inner.name === 'complexType' ? complexType(inner, name, parts) : simpleType(inner));
  return type;
}

function simpleType(type: XmlElement): TypeModel {
  return { kind: 'simple', facts: canonical(type), uses: usedBy(type) };
}

/** The types that an element and everything in it names. */
function usedBy(element: XmlElement): readonly string[] {
  const own = ['base', 'type', 'itemType']
    .map((name) => qualified(element, name))
    .filter((name) => name !== '');
  return [...own, ...childElements(element).flatMap(usedBy)];
}

function complexType(type: XmlElement, name: string, parts: SchemaParts): TypeModel {
  const sequence = named(type, 'sequence')[0];
  const others = childElements(type).filter((child) => !['annotation', 'sequence'].includes(child.name));
  const particles = (sequence === undefined ? [] : childElements(sequence))
    .filter((child) => child.name !== 'annotation')
    .map((child): Particle => {
      const minimum = value(child, 'minOccurs') || '1';
      return {
        name: child.name === 'element' ? value(child, 'name') : canonical(child),
        type: child.name === 'element' ? typeOf(child, `${name}/${value(child, 'name')}`, parts) : '',
        occurs: `${minimum}..${value(child, 'maxOccurs') || '1'} ${attributesOf(child, ['name', 'type', 'minOccurs', 'maxOccurs'])}`,
        optional: minimum === '0',
      };
    });
  return {
    kind: 'complex',
    facts: [attributesOf(type, ['name']), ...others.map(canonical)].join(' '),
    uses: others.flatMap(usedBy),
    particles,
  };
}

/** An element as text that is equal where it promises the same. */
function canonical(element: XmlElement): string {
  const children = childElements(element).filter(
    ({ name }) => !['annotation', 'documentation'].includes(name),
  );
  return `<${element.name} ${attributesOf(element, ['name'])}>${children.map(canonical).join('')}</>`;
}

const qualifiedAttributes = new Set([
  'type',
  'base',
  'element',
  'message',
  'binding',
  'ref',
  'itemType',
  'memberTypes',
]);

function attributesOf(element: XmlElement, except: readonly string[] = []): string {
  return element.attrs
    .filter(({ name }) => !except.includes(name) || (name === 'name' && element.name === 'attribute'))
    .map(
      ({ name }) =>
        `${name}=${qualifiedAttributes.has(name) ? qualified(element, name) : value(element, name)}`,
    )
    .toSorted()
    .join(' ');
}

function qualified(element: XmlElement, attribute: string): string {
  const text = value(element, attribute);
  const [prefix, local] = text.includes(':') ? text.split(':') : ['', text];
  return text === '' ? '' : `{${element.namespaceForPrefix(prefix ?? '') ?? ''}}${local}`;
}

function named(parent: XmlElement | undefined, name: string): readonly XmlElement[] {
  return parent === undefined ? [] : childElements(parent).filter((child) => child.name === name);
}

function value(element: XmlElement, attribute: string): string {
  return element.attr(attribute)?.value ?? '';
}
