import type { KeyObject } from 'node:crypto';
import { Misconfigured } from '../platform/misconfigured.ts';
import type { ReadReference } from '../platform/references.ts';
import { readSigningKey } from '../reconciliation/reports/close-pack.ts';

const at = '/reconciliation/closeKey';

/** The key that signs the daily close. @throws Misconfigured where none is named, or what is named is none */
export function closeKeyFrom(reference: string | undefined, read: ReadReference): KeyObject {
  if (reference === undefined) throw new Misconfigured([`${at}: is not set; the close is signed with it`]);
  const key = readSigningKey(read(reference, at, 'secret'));
  if (key === undefined) throw new Misconfigured([`${at}: is no Ed25519 key`]);
  return key;
}
