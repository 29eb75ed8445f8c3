import { ParseOption, XmlCData, XmlDocument, XmlElement, XmlText } from 'libxml2-wasm';
import { inEngine, xmlEngineFailure } from './xml-engine.ts';
import { scanXml } from './xml-scan.ts';
import type { XmlEncoding, XmlLimits, XmlRefusal } from './xml-scan.ts';

export { onXmlEngineFailure, XmlEngineFailed, xmlEngineFailure } from './xml-engine.ts';
export { compileSchema } from './xml-schema.ts';
export type { XmlSchema } from './xml-schema.ts';
export type { Violation } from './xml-violations.ts';
export type { XmlEncoding, XmlLimits, XmlRefusal } from './xml-scan.ts';
export type { XmlElement } from 'libxml2-wasm';

/** Limits for a message at a door: 64 KiB, 32 levels. The largest genuine request has about 150 nodes. */
export const messageLimits: XmlLimits = Object.freeze({ bytesMax: 65_536, depthMax: 32, nodesMax: 2_000 });

/**
 * A well-formed document. Its memory is the engine's, so it lives until it is disposed: hold it with `using`, or dispose it in
 * `finally`, and take what is needed out of it as text before.
 */
export interface XmlReading extends Disposable {
  readonly root: XmlElement;
  readonly encoding: XmlEncoding;
}

/** Entities are neither loaded nor replaced; there is no DOCTYPE left that could declare one anyway. */
const parseOption: ParseOption =
  ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_SYS_CATALOG;

/**
 * Reads one document from bytes that nobody vouches for. UTF-8 and UTF-16 are read, with or without BOM or declaration; DOCTYPE is
 * refused before parsing, depth and nodes before a tree is built. CDATA is a way of writing text and means that text;
 * a comment beside text is refused (`markupInText`), between elements it is ignored; processing instructions stand before or after
 * the root element, or the document is refused.
 */
export function readXml(bytes: Uint8Array, limits: XmlLimits): XmlReading | { readonly refused: XmlRefusal } {
  const scanned = scanXml(bytes, limits);
  if ('refused' in scanned) return scanned;
  if (xmlEngineFailure() !== undefined) return { refused: 'engineFailed' };
  try {
    return parse(scanned.utf8, scanned.encoding);
  } catch {
    return { refused: 'engineFailed' };
  }
}

function parse(utf8: Buffer, encoding: XmlEncoding): XmlReading | { readonly refused: XmlRefusal } {
  const parsed = inEngine(() => XmlDocument.fromBuffer(utf8, { encoding: 'UTF-8', option: parseOption }));
  if ('complaint' in parsed) return { refused: 'notWellFormed' };
  const document = parsed.value;
  if (document.dtd !== null) {
    document.dispose();
    return { refused: 'doctype' };
  }
  return { root: document.root, encoding, [Symbol.dispose]: () => dispose(document) };
}

/** The memory of an engine that failed is given up as a whole. */
function dispose(document: XmlDocument): void {
  if (xmlEngineFailure() === undefined) document.dispose();
}

/** The child elements in document order; text and comments between them are passed over. */
export function childElements(element: XmlElement): XmlElement[] {
  const children: XmlElement[] = [];
  for (let node = element.firstChild; node !== null; node = node.next) {
    if (node instanceof XmlElement) children.push(node);
  }
  return children;
}

/** Whether this is the element of that namespace (empty: none) and local name. Prefixes mean nothing. */
export function isElement(element: XmlElement, namespace: string, name: string): boolean {
  return element.name === name && element.namespaceUri === namespace;
}

/**
 * The text of an element that has text only, CDATA sections included, exactly as it is in the document. Undefined where there
 * is anything else in it: no guess is made about what such a value means.
 */
export function textOf(element: XmlElement): string | undefined {
  let text = '';
  for (let node = element.firstChild; node !== null; node = node.next) {
    if (!(node instanceof XmlText || node instanceof XmlCData)) return undefined;
    text += node.content;
  }
  return text;
}

/** The value of an attribute by namespace (empty: none) and local name; undefined where it is absent. */
export function attributeOf(element: XmlElement, namespace: string, name: string): string | undefined {
  return element.attrs.find((found) => found.name === name && found.namespaceUri === namespace)?.value;
}
