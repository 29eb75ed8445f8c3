/** `certs check`: files and folders, before anybody meets what is in them. */
import { systemClock } from '../platform/clock.ts';
import type { FindingCode, Purpose } from '../pki/certificate-check.ts';
import type { ListFindingCode } from '../pki/list-check.ts';
import type { UnreadableFile } from '../pki/certificate-file.ts';
import { checkFile, type FileFinding } from './certs-check-file.ts';
import { authoritiesFrom, filePasswordFrom, filesOf, unreadableSentences } from './certs-files.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';
import { table } from './table.ts';

const options = {
  purpose: { type: 'string' },
  authority: { type: 'string', multiple: true },
  passphrase: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** 0 where nothing was found. */
export async function check(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  if (positionals.length === 0) throw new UsageError('say the files, or a directory');
  const purpose = purposeFrom(values.purpose);
  const files = filesOf(positionals);
  if (files.length === 0) throw new UsageError('there is no certificate, list or PKCS#12 file in it');
  const authorities = authoritiesFrom(values.authority);
  const password = filePasswordFrom(values.passphrase, terminal);
  const findings: FileFinding[] = [];
  for (const file of files) {
    findings.push(
      ...(await checkFile(file, {
        now: systemClock.now(),
        ...(purpose && { purpose }),
        ...(authorities && { authorities }),
        ...(password !== undefined && { password }),
      })),
    );
  }
  if (values.json === true) await terminal.out(JSON.stringify({ checked: files.length, findings }));
  else await terminal.out(report(files.length, findings));
  return findings.length === 0 ? 0 : 1;
}

function purposeFrom(text: string | undefined): Purpose | undefined {
  if (text === undefined) return undefined;
  if (text !== 'server' && text !== 'client') throw new UsageError('--purpose is server or client');
  return `${text}Auth`;
}

/** What each word means, for people. */
export const findingSentences: Readonly<
  Record<FindingCode | ListFindingCode | UnreadableFile | 'openToOthers', string>
> = {
  ...unreadableSentences,
  certificateUnreadable: 'the certificate cannot be read: it was cut off, or is something else',
  keyUnreadable: 'the key cannot be read without a passphrase, or at all',
  keyMismatch: 'the key is not the key of the certificate',
  chainOutOfOrder: 'the next one did not issue it: the leaf is first, then who issued it, and so on',
  chainIncomplete:
    'leads to none of the authorities that were named: an intermediate is missing, or it is foreign',
  authoritiesMissing: 'there is no authority to verify it by',
  signatureInvalid: 'the one of that name did not sign it',
  notYetValid: 'is not valid yet',
  expired: 'has ended',
  version1: 'is X.509 version 1, without extensions',
  noExtendedKeyUsage: 'does not say what it is for (extended key usage)',
  wrongPurpose: 'is for something else (extended key usage)',
  wrongKeyUsage: 'may not sign a handshake (key usage)',
  leafIsAuthority: 'is an authority, and is shown as a leaf',
  issuerNotAuthority: 'is no authority',
  pathTooLong: 'may not have so many authorities below it',
  weakKey: 'has a weak key: RSA below 2048 bits, or an unusual curve',
  weakSignature: 'has a weak signature: SHA-1, MD5 or unknown',
  listUnreadable: 'the list cannot be read: it was cut off, or is something else',
  listTooLarge: 'the list is longer than is read',
  listNotUnderstood:
    'the list has a critical part that nobody here understands: it would be read as too little',
  listIndirect: "the list is of several authorities' certificates, which is not read",
  listPartial:
    'the list says that it is for a part of the certificates only (issuing distribution point): ask for the whole one',
  listDelta: 'the list only tells what is new since another one, which is not read',
  listSignatureWeak: 'the list has a weak signature: SHA-1, MD5 or unknown',
  listIssuerUnknown: 'the list is of none of the authorities that were named',
  listSignatureInvalid: 'the authority of that name did not sign the list',
  listNotYetValid: 'the list is from the future',
  listStale: 'the list is past its next update',
  listWithoutEnd: 'the list does not say when the next one comes',
  openToOthers: 'holds a key, and others than its owner can use it: make it 0600',
};

function report(checked: number, findings: readonly FileFinding[]): string {
  const count = `${checked} ${checked === 1 ? 'file' : 'files'} checked, ${findings.length} found`;
  if (findings.length === 0) return count;
  const rows = findings.map(({ file, code, at }) => [
    file,
    code,
    at === undefined ? '' : String(at),
    findingSentences[code],
  ]);
  return `${table(['file', 'finding', 'at', 'which means'], rows, ['at'])}\n\n${count}`;
}
