/** Subject alternative names: which may stand in a certificate of ours, and which stand in one. */
import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { isIP } from 'node:net';
import { SubjectAlternativeNameExtension, X509Certificate } from '@peculiar/x509';

/** The kinds that are issued; whatever else stands in a foreign certificate is told as it is. */
export interface AltName {
  readonly type: 'dns' | 'ip' | 'url';
  readonly value: string;
}

/** The URIs that stand for partners. Only the partner himself may bear his. */
export const partnerUriPrefix = 'urn:cagebridge:partner:';

/** By which a partner's certificate is his, unless his row names another. */
export function partnerUri(partnerId: string): string {
  return partnerUriPrefix + partnerId;
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
  const extension = new X509Certificate(new NodeCertificate(pem).raw).getExtension(
    SubjectAlternativeNameExtension,
  );
  return (extension?.names.items ?? []).flatMap(({ type, value }) =>
    type === 'dns' || type === 'ip' || type === 'url' ? [{ type, value }] : [],
  );
}
