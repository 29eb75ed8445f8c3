/**
 * What a file about certificates holds, whichever way it was written: PEM with anything in it, DER, or PKCS#12. Nothing
 * here trusts anything: what was read is only told or checked.
 */
import 'reflect-metadata';
import { createPrivateKey, createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { type PemBlock, readPemBlocks } from './pem.ts';
import { readPkcs12 } from './pkcs12.ts';
import { readCertificate } from './readable-certificate.ts';
import { type ListFault, readList, type ReadList } from './revoked-serials.ts';

export interface CertificateFile {
  readonly format: 'PEM' | 'DER' | 'PKCS#12';
  readonly certificates: readonly X509Certificate[];
  readonly requests: readonly Pkcs10CertificateRequest[];
  /** One that the running bridge would not take is told by its reason. */
  readonly lists: readonly (ReadList | ListFault)[];
  /** A key under a passphrase that nobody gave is only known to be there. */
  readonly keys: readonly (KeyObject | 'encrypted')[];
}

/** Why a file tells nothing; `passwordNeeded` where it is one that has a password, and none was given. */
export type UnreadableFile = 'tooLong' | 'empty' | 'unreadable' | 'passwordNeeded' | 'wrongPassword';

/** Lists of revoked certificates of large authorities are that long; everything else is short. */
export const certificateFileBytesMax = 64 * 1024 * 1024;
const pkcs12BytesMax = 4 * 1024 * 1024;

/** Reads a file. One block that cannot be read makes the whole unreadable: half a file tells half the truth. */
export function readCertificateFile(bytes: Uint8Array, password?: string): CertificateFile | UnreadableFile {
  if (bytes.length > certificateFileBytesMax) return 'tooLong';
  if (bytes.length === 0) return 'empty';
  const text = Buffer.from(bytes).toString('latin1');
  return text.includes('-----BEGIN ') ? readPem(text, password) : readDer(bytes, password);
}

function readPem(text: string, password: string | undefined): CertificateFile | UnreadableFile {
  const blocks = readPemBlocks(text);
  if (blocks === undefined) return 'unreadable';
  const read = blocks.map((block) => readBlock(block, password));
  const refused = read.find((one) => typeof one === 'string');
  return typeof refused === 'string' ? refused : joined('PEM', read as readonly Partial<CertificateFile>[]);
}

/** Blocks of another kind (`DH PARAMETERS`, a public key) are passed by. */
function readBlock({ label, text }: PemBlock, password?: string): Partial<CertificateFile> | UnreadableFile {
  const base64 = text.replace(/-----[A-Z0-9 ]+-----|\s/g, '');
  const der = Buffer.from(base64, 'base64');
  if (label.endsWith('PRIVATE KEY')) return readKey(text, password);
  if (/^(X509 |TRUSTED )?CERTIFICATE$/.test(label))
    return orUnreadable(() => ({ certificates: [certificateFrom(text)] }));
  if (/^(NEW )?CERTIFICATE REQUEST$/.test(label))
    return orUnreadable(() => ({ requests: [requestFrom(der)] }));
  if (/^(X509 )?CRL$/.test(label)) return { lists: [readList(der)] };
  return {};
}

function readKey(pem: string, passphrase?: string): Partial<CertificateFile> | UnreadableFile {
  const isEncrypted = pem.includes('ENCRYPTED');
  if (isEncrypted && passphrase === undefined) return { keys: ['encrypted'] };
  try {
    return { keys: [createPrivateKey({ key: pem, ...(isEncrypted && { passphrase }) })] };
  } catch {
    return isEncrypted ? 'wrongPassword' : 'unreadable';
  }
}

/** DER does not say what it is: whoever can read it says so. */
function readDer(bytes: Uint8Array, password?: string): CertificateFile | UnreadableFile {
  const der = Buffer.from(bytes);
  const readers: readonly (() => Partial<CertificateFile>)[] = [
    () => ({ certificates: [certificateFrom(der)] }),
    () => ({ requests: [requestFrom(der)] }),
    () => ({ lists: [listFrom(der)] }),
    () => ({ keys: [createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })] }),
  ];
  for (const reader of readers) {
    const read = orUnreadable(reader);
    if (read !== 'unreadable') return joined('DER', [read]);
  }
  const found = bytes.length > pkcs12BytesMax ? 'unreadable' : readPkcs12(bytes, password ?? '');
  if (found === 'wrongPassword') return password === undefined ? 'passwordNeeded' : found;
  return found === 'unreadable' ? found : joined('PKCS#12', [found]);
}

function orUnreadable<T>(read: () => T): T | 'unreadable' {
  try {
    return read();
  } catch {
    return 'unreadable';
  }
}

/** @throws where it cannot be read */
function certificateFrom(source: string | Buffer): X509Certificate {
  const certificate = readCertificate(source);
  if (certificate === undefined) throw new TypeError('is no certificate');
  return certificate;
}

/** The library reads nearly any text as an encoding of something, so it is given bytes alone; and it does not look at the key. */
function requestFrom(der: Buffer): Pkcs10CertificateRequest {
  const request = new Pkcs10CertificateRequest(Uint8Array.from(der));
  createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
  return request;
}

function listFrom(der: Buffer): ReadList | ListFault {
  const list = readList(der);
  if (list === 'listUnreadable') throw new TypeError('is no list');
  return list;
}

function joined(
  format: CertificateFile['format'],
  parts: readonly Partial<CertificateFile>[],
): CertificateFile | UnreadableFile {
  const file = {
    format,
    certificates: parts.flatMap(({ certificates = [] }) => certificates),
    requests: parts.flatMap(({ requests = [] }) => requests),
    lists: parts.flatMap(({ lists = [] }) => lists),
    keys: parts.flatMap(({ keys = [] }) => keys),
  };
  const { certificates, requests, lists, keys } = file;
  return certificates.length + requests.length + lists.length + keys.length === 0 ? 'empty' : file;
}
