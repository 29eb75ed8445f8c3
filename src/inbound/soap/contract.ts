import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory } from '../../platform/directory.ts';

/** The namespace of the operations and of the fault detail. */
export const paymentsNamespace = 'urn:cagebridge:payments:v1';
/** The namespace of everything inside them. */
export const typesNamespace = 'urn:cagebridge:types:v1';

/** Where the payments service answers, below the public URL of the door. */
export const paymentsPath = '/soap/v1/payments';

/** The schemas of the contract by file name, as `?xsd=` serves them. */
export const schemaNames = ['payments-v1.xsd', 'types-v1.xsd'] as const;
type SchemaName = (typeof schemaNames)[number];

const wsdlName = 'payments-v1.wsdl';
const root = new URL('../../../', import.meta.url);

/** A part of the contract, as it is sent. */
export interface ContractDocument {
  readonly bytes: Buffer;
  readonly contentType: string;
}

const contentType = 'text/xml; charset=utf-8';

/** The bytes of each schema, for compiling it. */
export function contractSchemas(): ReadonlyMap<string, Uint8Array> {
  return new Map(schemaNames.map((name) => [name, readFileSync(new URL(`xsd/${name}`, root))]));
}

/** The document for a query (without its question mark); undefined where there is none. */
export type ContractReader = (query: string) => ContractDocument | undefined;

/**
 * Renders what `GET /soap/v1/payments?QUERY` answers, once, because everybody may ask for it as often as he likes: `wsdl`, `singleWsdl` (schemas inside, for tools that cannot show a client
 * certificate while they follow imports) or `xsd=NAME`; undefined for anything else. All addresses are absolute and begin with
 * `baseUrl`, the configured public URL or the bound address. What a caller writes into Host is never one.
 */
export function contractReader(baseUrl: string): ContractReader {
  const located = (path: string): string => withLocations(read(path), servedLocation(baseUrl));
  const texts: readonly (readonly [string, string])[] = [
    ['wsdl', withAddress(located(`wsdl/${wsdlName}`), baseUrl)],
    ['singlewsdl', withAddress(inlined(), baseUrl)],
    ...schemaNames.map((name) => [`xsd=${name}`, located(`xsd/${name}`)] as const),
  ];
  const documents = new Map(
    texts.map(([query, text]) => [query, { bytes: Buffer.from(text, 'utf8'), contentType }]),
  );
  return (query) => documents.get(query.toLowerCase());
}

/**
 * Writes the contract into a directory, which is made where it is missing: the WSDL with its schemas beside it, and the single
 * file. Returns the names of the files. This is `cagebridge contract export`.
 */
export async function exportContract(directory: string, baseUrl: string): Promise<readonly string[]> {
  const files = contractFiles(baseUrl);
  makeDirectory(directory);
  for (const [name, text] of files) await writeFile(join(directory, name), text, 'utf8');
  return [...files.keys()];
}

/** The contract as files of one folder, by name: as it is served, but that the documents find each other without a network. */
export function contractFiles(baseUrl: string): ReadonlyMap<string, string> {
  return new Map<string, string>([
    [wsdlName, withLocations(withAddress(read(`wsdl/${wsdlName}`), baseUrl), inSameFolder)],
    ...schemaNames.map((name): [string, string] => [name, withLocations(read(`xsd/${name}`), inSameFolder)]),
    ['payments-v1.single.wsdl', withAddress(inlined(), baseUrl)],
  ]);
}

function read(path: string): string {
  return readFileSync(new URL(path, root), 'utf8');
}

function endpointUrl(baseUrl: string): string {
  const base = new URL(baseUrl);
  return `${base.origin}${base.pathname.replace(/\/$/, '')}${paymentsPath}`;
}

function inSameFolder(name: SchemaName): string {
  return name;
}

function servedLocation(baseUrl: string): (name: SchemaName) => string {
  return (name) => `${endpointUrl(baseUrl)}?xsd=${name}`;
}

function withAddress(wsdl: string, baseUrl: string): string {
  return wsdl.replaceAll(
    /(<soap(?:12)?:address location=)"[^"]*"/g,
    (_, start: string) => `${start}${quoted(endpointUrl(baseUrl))}`,
  );
}

/** In the repository the files name each other relatively, so that any tool can read them as they lie there. */
function withLocations(text: string, locationOf: (name: SchemaName) => string): string {
  return text.replaceAll(
    /(schemaLocation=)"(?:\.\.\/xsd\/)?([\w.-]+)"/g,
    (whole, start: string, name: string) => {
      const known = schemaNames.find((schema) => schema === name);
      return known === undefined ? whole : `${start}${quoted(locationOf(known))}`;
    },
  );
}

function quoted(url: string): string {
  return `"${url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`;
}

/**
 * The WSDL with the schemas in its types; imports between them name a namespace and no place. What is imported comes
 * first, because wsimport complains of a type that it has not read yet.
 */
function inlined(): string {
  const schemas = schemaNames.toReversed().map((name) =>
    read(`xsd/${name}`)
      .replace(/^<\?xml[^>]*\?>\s*/, '')
      .replaceAll(/ schemaLocation="[^"]*"/g, ''),
  );
  return read(`wsdl/${wsdlName}`).replace(
    /(?<=<wsdl:types>)[\s\S]*(?=<\/wsdl:types>)/,
    () => `\n${schemas.join('\n')}`,
  );
}
