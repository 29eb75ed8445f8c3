/** What a partner gets from us: everything that he needs for his first call, except his key. */
import { readFileSync } from 'node:fs';
import { contractFiles, paymentsPath } from '../../inbound/soap/contract.ts';
import { formatAmount } from '../../ledger/money.ts';
import type { Partner } from '../../payments/partners.ts';
import { goldenMessages, tenOf } from './golden-messages.ts';

/** What of a partner stands in his kit. */
export type KitPartner = Pick<
  Partner,
  'id' | 'operations' | 'brands' | 'defaultBrand' | 'currencies' | 'tlsFloor'
>;

export interface KitParts {
  readonly partner: KitPartner;
  /** The public URL of the SOAP door, as the WSDL names it, without the path. */
  readonly publicUrl: string;
  /** The authorities (PEM) that vouch for the bridge's certificate. */
  readonly authorities: readonly string[];
  /** His certificate (PEM), with its authority after it; absent where he brings it himself. */
  readonly certificate?: string;
  /** By which name we know it, in words: a fingerprint or a URI. */
  readonly identity: string;
}

const samples = new URL('kit/', import.meta.url);

/** The files of the kit by path, all of them in one folder that bears the partner's name. The same parts give the same bytes. */
export function kitFiles(parts: KitParts): ReadonlyMap<string, Uint8Array> {
  const { partner, publicUrl, authorities, certificate } = parts;
  const folder = folderOf(partner.id);
  const files = new Map<string, Uint8Array>();
  const add = (path: string, content: string | Uint8Array): void => {
    files.set(`${folder}/${path}`, typeof content === 'string' ? Buffer.from(content, 'utf8') : content);
  };
  add('README.md', readme(parts));
  for (const [name, text] of contractFiles(publicUrl)) add(`contract/${name}`, text);
  add('certificates/bridge-ca.pem', authorities.map((pem) => `${pem.trim()}\n`).join(''));
  if (certificate !== undefined) add('certificates/client.pem', certificate);
  const messages = { ...partner, currency: currencyOf(partner) };
  for (const [name, bytes] of goldenMessages(messages)) add(`messages/${name}`, bytes);
  add('clients/python/cagebridge_client.py', sample('cagebridge_client.py'));
  add('clients/java/CagebridgeClient.java', sample('CagebridgeClient.java'));
  return files;
}

export function folderOf(partnerId: string): string {
  return `cagebridge-kit-${partnerId}`;
}

function sample(name: string): string {
  return readFileSync(new URL(name, samples), 'utf8');
}

function readme({ partner, publicUrl, identity }: KitParts): string {
  const currency = currencyOf(partner);
  const brands = partner.brands.map((brand) =>
    brand === partner.defaultBrand ? `${brand} (where you name none)` : brand,
  );
  const values: Readonly<Record<string, string>> = {
    partner: partner.id,
    endpoint: `${publicUrl.replace(/\/$/, '')}${paymentsPath}`,
    operations: partner.operations.filter((name) => soapOperations.has(name)).join(', '),
    currencies: partner.currencies.join(', '),
    brands: brands.join(', '),
    tls: partner.tlsFloor === 'TLSv1.3' ? '1.3' : '1.3 or 1.2',
    identity,
    firstAnswer: partner.operations.includes('status') ? 'PAYMENT_NOT_FOUND' : 'OPERATION_FORBIDDEN',
    currency,
    amount: formatAmount(tenOf(currency)),
  };
  return sample('README.md').replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

const soapOperations = new Set<string>(['deposit', 'withdrawal', 'status'] satisfies Partner['operations']);

/** The euro where he may use it, as in our examples; the first of his otherwise. */
function currencyOf({ currencies }: KitPartner): string {
  return currencies.find((code) => code === 'EUR') ?? currencies[0] ?? 'EUR';
}
