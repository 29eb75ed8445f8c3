/** Subject alternative names: which may stand in a certificate of ours, and which stand in one. */
import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type JsonGeneralName, SubjectAlternativeNameExtension, X509Certificate } from '@peculiar/x509';

/** The kinds that are issued; whatever else stands in a foreign certificate is told as it is. */
export interface AltName {
  readonly type: 'dns' | 'ip' | 'url';
  readonly value: string;
}

/** The URIs that stand for partners. Only the partner himself may bear his. */
const partnerUriPrefix = 'urn:cagebridge:partner:';

/** By which a partner's certificate is his, unless his row names another. */
export function partnerUri(partnerId: string): string {
  return partnerUriPrefix + partnerId;
}

/** Whether a name stands for a partner, and not for this one. */
export function isAnotherPartners({ type, value }: AltName, partnerId: string | undefined): boolean {
  const isOwn = partnerId !== undefined && value === partnerUri(partnerId);
  return type === 'url' && value.toLowerCase().startsWith(partnerUriPrefix) && !isOwn;
}

/** Whether two names say the same: host names in any case, addresses however they are written. */
export function sameName(one: AltName, other: AltName): boolean {
  return one.type === other.type && plainForm(one) === plainForm(other);
}

/** One spelling of a name: the library that writes certificates does not read every spelling of an address. */
export function inPlainForm(name: AltName): AltName {
  return { ...name, value: plainForm(name) };
}

function plainForm({ type, value }: AltName): string {
  if (type === 'url') return value;
  const address = type === 'ip' && isIP(value) === 6 ? URL.parse(`http://[${value}]`) : null;
  // One with a zone is in no URL, and in no certificate either.
  return address?.hostname.slice(1, -1) ?? value.toLowerCase();
}

const uriCharactersMax = 255;

const rules: Readonly<Record<AltName['type'], (value: string) => boolean>> = {
  dns: (value) =>
    value.length <= 253 &&
    value.split('.').every((label) => /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(label)) &&
    isIP(value) === 0,
  ip: (value) => isIP(value) !== 0 && !value.includes('%'),
  url: (value) => value.length <= uriCharactersMax && /^[\x21-\x7e]+$/.test(value) && URL.canParse(value),
};

/** Whether such a name may be issued: a host name without wildcards, an address without a zone, an absolute URI in ASCII. */
export function isUsableName({ type, value }: AltName): boolean {
  return rules[type](value);
}

const labels: Readonly<Record<AltName['type'], string>> = { dns: 'DNS', ip: 'IP', url: 'URI' };

/** `DNS:...`, `IP:...`, `URI:...`, as OpenSSL writes them. */
export function nameTexts(names: readonly AltName[]): string[] {
  return names.map(({ type, value }) => `${labels[type] ?? type}:${value}`);
}

/** The names of a certificate (PEM) of these three kinds. */
export function altNamesOf(pem: string): AltName[] {
  const parsed = new X509Certificate(new NodeCertificate(pem).raw);
  const all = parsed.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
  return all.flatMap((name) => issuableName(name) ?? []);
}

/** Undefined for a kind of name that is never issued: a person's address, a directory's name. */
export function issuableName({ type, value }: JsonGeneralName): AltName | undefined {
  return type === 'dns' || type === 'ip' || type === 'url' ? { type, value } : undefined;
}
