/** Payments and the authority may not know each other, and each has its list of reasons: the types hold them to one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RevocationReason } from '../../src/payments/partner-store.ts';
import {
  revocationReasons,
  type RevocationReason as PublishedReason,
} from '../../src/pki/authority-record.ts';

type Same<A, B> = [A, B] extends [B, A] ? true : false;

test('the ledger and the authority name the same reasons', () => {
  // It does not compile where either list has a reason that the other one lacks.
  const areTheSame: Same<RevocationReason, PublishedReason> = true;
  assert.deepEqual([areTheSame, new Set(revocationReasons).size], [true, revocationReasons.length]);
});
