import {
  XmlAttribute,
  XmlBufferInputProvider,
  xmlCleanupInputProvider,
  XmlDocument,
  xmlRegisterInputProvider,
  XmlValidateError,
  XsdValidator,
} from 'libxml2-wasm';
import type { XmlElement } from 'libxml2-wasm';
import { inEngine } from './xml-engine.ts';
import { violationsOf } from './xml-violations.ts';
import type { Violation } from './xml-violations.ts';

/** A schema compiled once and used for the life of the process. */
export interface XmlSchema {
  /** The first violations in document order; none where the element is valid. Throws `XmlEngineFailed`, and nothing else. */
  validate(element: XmlElement): readonly Violation[];
}

/**
 * Compiles the schema `entry`. What it imports or includes is looked up in `files` by its location, and nowhere else.
 * Throws where the schema is wrong: that is a fault of ours, found at start.
 */
export function compileSchema(files: ReadonlyMap<string, Uint8Array>, entry: string): XmlSchema {
  const source = files.get(entry);
  if (source === undefined) throw new Error(`no schema file ${entry}`);
  xmlRegisterInputProvider(new XmlBufferInputProvider(Object.fromEntries(files)));
  try {
    // The compiled schema points into its document: both are kept for the life of the process.
    const document = XmlDocument.fromBuffer(source, { url: entry });
    const validator = XsdValidator.fromDoc(document);
    const names = namesIn(files);
    return { validate: (element) => validate(validator, element, names) };
  } finally {
    xmlCleanupInputProvider();
  }
}

function validate(
  validator: XsdValidator,
  element: XmlElement,
  names: ReadonlySet<string>,
): readonly Violation[] {
  const validated = inEngine(() => validator.validate(element));
  if ('value' in validated) return [];
  const details = validated.complaint instanceof XmlValidateError ? validated.complaint.details : [];
  return violationsOf(details, element, names);
}

/** Every name that the schemas declare: the only ones that a violation may repeat. */
function namesIn(files: ReadonlyMap<string, Uint8Array>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const bytes of files.values()) {
    const document = XmlDocument.fromBuffer(bytes);
    try {
      for (const node of document.find('//@name')) if (node instanceof XmlAttribute) names.add(node.value);
    } finally {
      document.dispose();
    }
  }
  return names;
}
