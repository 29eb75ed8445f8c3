import type { SoapVersion } from './soap.ts';

/** What the Content-Type of a SOAP message says. */
export interface SoapMediaType {
  readonly version: SoapVersion;
  /** In lower case; undefined where none is given. */
  readonly charset?: string;
  /** The `action` of SOAP 1.2 (RFC 3902), where it is not empty. */
  readonly action?: string;
}

const versions: ReadonlyMap<string, SoapVersion> = new Map([
  ['text/xml', '1.1'],
  ['application/soap+xml', '1.2'],
]);

/** A message is written in UTF-8 and says so: without it some stacks spoil everything that is not ASCII. */
export const soapContentType: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'text/xml; charset=utf-8',
  '1.2': 'application/soap+xml; charset=utf-8',
};

const parameter =
  /;[ \t]*(?:([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w/:-]+)))?[ \t]*/y;
const headerMax = 1_024;

/** Reads a Content-Type (RFC 9110 section 8.3). Undefined for any that no SOAP message has: HTTP answers it with 415. */
export function readSoapMediaType(contentType: string | undefined): SoapMediaType | undefined {
  if (contentType === undefined || contentType.length > headerMax) return undefined;
  const end = contentType.indexOf(';');
  const type = (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
  const version = versions.get(type);
  const parameters = end === -1 ? new Map<string, string>() : readParameters(contentType, end);
  if (version === undefined || parameters === undefined) return undefined;
  const charset = parameters.get('charset')?.toLowerCase();
  const action = version === '1.2' ? parameters.get('action') : undefined;
  return { version, ...(charset === undefined ? {} : { charset }), ...(action ? { action } : {}) };
}

/** Undefined where a parameter is malformed or comes twice: two readers would choose differently. */
function readParameters(contentType: string, from: number): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  parameter.lastIndex = from;
  while (parameter.lastIndex < contentType.length) {
    const found = parameter.exec(contentType);
    if (found === null) return undefined;
    const name = found[1]?.toLowerCase();
    if (name === undefined) continue;
    if (parameters.has(name)) return undefined;
    parameters.set(name, found[2]?.replaceAll(/\\(.)/g, '$1') ?? found[3] ?? '');
  }
  return parameters;
}
