import { XmlElement } from 'libxml2-wasm';
import type { ErrorDetail, XmlAttribute } from 'libxml2-wasm';

/** The rule of the schema that was broken, in our words: the engine's messages quote values and are never passed on. */
export type ViolationRule =
  | 'pattern'
  | 'length'
  | 'range'
  | 'enumeration'
  | 'type'
  | 'notExpected'
  | 'missing'
  | 'attributeMissing'
  | 'attributeNotAllowed'
  | 'textNotAllowed'
  | 'childNotAllowed'
  | 'unknownElement'
  | 'invalid';

/**
 * Where a document breaks its schema, and how. `path` leads there from the validated element by local names; a name that
 * no schema declares is written `*`, because it came from the caller. `expected` is what the schema wants in that place.
 */
export interface Violation {
  readonly path: string;
  readonly rule: ViolationRule;
  readonly expected?: string;
}

export const violationsMax = 5;

/** What the engine found wrong in `element`, in its order, one violation a place, at least one and at most `violationsMax`. */
export function violationsOf(
  details: readonly ErrorDetail[],
  element: XmlElement,
  names: ReadonlySet<string>,
): readonly Violation[] {
  const found = new Map<string, Violation>();
  for (const detail of details) {
    if (found.size === violationsMax) break;
    const violation = violationOf(detail, element, names);
    if (!found.has(violation.path)) found.set(violation.path, violation);
  }
  return found.size === 0
    ? [{ path: pathTo(element, element, names), rule: 'invalid' }]
    : [...found.values()];
}

function violationOf(detail: ErrorDetail, top: XmlElement, names: ReadonlySet<string>): Violation {
  const element = elementAt(top, detail.xpath ?? '');
  const { attribute, text } = messageParts(detail.message, element);
  const rule = ruleOf(text);
  const place = pathTo(element, top, names);
  const path = attribute === undefined ? place : `${place}/@${names.has(attribute) ? attribute : '*'}`;
  const expected = expectedIn(text, rule, { element, names });
  return expected === undefined ? { path, rule } : { path, rule, expected };
}

/**
 * Messages read `Element '{namespace}name', attribute 'name': what is wrong`. Both names come from the document and may hold
 * anything that a namespace may, so they are cut off by what the element is really called, not by a pattern.
 */
function messageParts(message: string, element: XmlElement): { attribute?: string; text: string } {
  const start = `Element '${expandedName(element)}'`;
  if (!message.startsWith(start)) return { text: '' };
  const rest = message.slice(start.length);
  if (rest.startsWith(': ')) return { text: rest.slice(2) };
  for (const attribute of element.attrs) {
    const name = `, attribute '${expandedName(attribute)}': `;
    if (rest.startsWith(name)) return { attribute: attribute.name, text: rest.slice(name.length) };
  }
  return { text: '' };
}

function expandedName(node: XmlElement | XmlAttribute): string {
  return node.namespaceUri === '' ? node.name : `{${node.namespaceUri}}${node.name}`;
}

const rules: readonly (readonly [RegExp, ViolationRule])[] = [
  [/^\[facet 'pattern'\]/, 'pattern'],
  [/^\[facet '(?:length|minLength|maxLength)'\]/, 'length'],
  [/^\[facet '(?:min|max)(?:In|Ex)clusive'\]|^\[facet '(?:total|fraction)Digits'\]/, 'range'],
  [/^\[facet 'enumeration'\]/, 'enumeration'],
  [/^This element is not expected\./, 'notExpected'],
  [/^Missing child element\(s\)\./, 'missing'],
  [/^The attribute '[^']*' is required but missing\./, 'attributeMissing'],
  [/^The attribute '.*' is not allowed\./s, 'attributeNotAllowed'],
  [/^Character content /, 'textNotAllowed'],
  [/^Element content is not allowed/, 'childNotAllowed'],
  [/^No matching global (?:element )?declaration available/, 'unknownElement'],
  [/is not a valid value of the [a-z ]*type|^The type definition|^The element is not 'nillable'/, 'type'],
];

function ruleOf(text: string): ViolationRule {
  return rules.find(([shape]) => shape.test(text))?.[1] ?? 'invalid';
}

/**
 * The names at the message's end, as the schema has them; a missing attribute is named in the message itself. Where the
 * element bears a wanted name, only its namespace is wrong: then that name comes with the namespace that it needs.
 */
function expectedIn(text: string, rule: ViolationRule, { element, names }: Place): string | undefined {
  if (rule === 'attributeMissing') return /^The attribute '([^']*)'/.exec(text)?.[1];
  if (rule !== 'missing' && rule !== 'notExpected') return undefined;
  const list = text.slice(text.lastIndexOf('Expected is'));
  const wanted = [...list.matchAll(/\{([^{}]*)\}([\w.-]+)[ ,]/g)]
    .map(([, namespace = '', name = '']) => ({ namespace, name }))
    .filter(({ name }) => names.has(name));
  const namesake = wanted.find(({ name }) => rule === 'notExpected' && name === element.name);
  if (namesake !== undefined) return `${namesake.name} in ${namesake.namespace}`;
  const first = wanted.slice(0, violationsMax).map(({ name }) => name);
  return first.length === 0 ? undefined : first.join(', ');
}

interface Place {
  readonly element: XmlElement;
  /** Every name that the schema declares. */
  readonly names: ReadonlySet<string>;
}

/** The element that an XPath of the engine's (`/e:Envelope/*[2]/p:Amount`) points to; the nearest one that is found. */
function elementAt(inside: XmlElement, xpath: string): XmlElement {
  const [, ...steps] = xpath.split('/').slice(1);
  let element = inside.doc.root;
  for (const step of steps) {
    const found = /^([^[]*)(?:\[(\d+)\])?$/.exec(step);
    const child = nthChild(element, found?.[1] ?? '', Number(found?.[2] ?? '1'));
    if (child === undefined) break;
    element = child;
  }
  return element;
}

/** The n-th child of that qualified name; `*` is how the engine writes any child that has a namespace without a prefix. */
function nthChild(parent: XmlElement, name: string, nth: number): XmlElement | undefined {
  let seen = 0;
  for (let node = parent.firstChild; node !== null; node = node.next) {
    if (!(node instanceof XmlElement)) continue;
    if (name === '*' || qualifiedName(node) === name) seen += 1;
    if (seen === nth) return node;
  }
  return undefined;
}

function qualifiedName(element: XmlElement): string {
  return element.prefix === '' ? element.name : `${element.prefix}:${element.name}`;
}

/** Local names from `top` down to `element`; among several of one name the position, as XPath counts it. */
function pathTo(element: XmlElement, top: XmlElement, names: ReadonlySet<string>): string {
  const steps: string[] = [];
  for (let at: XmlElement | null = element; at !== null; at = at.parent) {
    const isTop = at.isSameNode(top);
    const name = names.has(at.name) ? at.name : '*';
    steps.unshift(isTop || name === '*' ? name : `${name}${position(at)}`);
    if (isTop) return `/${steps.join('/')}`;
  }
  return names.has(top.name) ? `/${top.name}` : '/*';
}

function position(element: XmlElement): string {
  const before = countNamed(element, 'prev');
  return before === 0 && countNamed(element, 'next') === 0 ? '' : `[${before + 1}]`;
}

function countNamed(element: XmlElement, side: 'prev' | 'next'): number {
  let count = 0;
  for (let node = element[side]; node !== null; node = node[side]) {
    if (node instanceof XmlElement && node.name === element.name) count += 1;
  }
  return count;
}
