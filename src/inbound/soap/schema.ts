import { compileSchema } from '../../platform/xml.ts';
import type { XmlElement } from '../../platform/xml.ts';
import { contractSchemas } from './contract.ts';

/** Compiled once, at the start of the process; requests and answers are held against the same schema. */
const schema = compileSchema(contractSchemas(), 'payments-v1.xsd');

/** Where the element breaks the contract; empty where it follows it. */
export function contractViolations(element: XmlElement): ReturnType<typeof schema.validate> {
  return schema.validate(element);
}
