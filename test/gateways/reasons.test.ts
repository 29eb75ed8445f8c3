/** Every reason of ISO 20022's list is decided upon: believed as a refusal, understood as "that one came before", or left out by name. */
import assert from 'node:assert/strict';
import test from 'node:test';
import list from '@taprsvp/iso20022_external_codes/code_sets/external_status_reason_code.json' with { type: 'json' };
import { reasonMeaning } from '../../src/gateways/reasons.ts';

const codes = Object.keys(list.codes);

/** The duplicates that ISO writes; DUPL is there too, and whoever says one of them has it already. */
const duplicates = 'AM05 DU01 DU02 DU03 DU04 DU05 DUPL'.split(' ');

/** Under these nobody can be sure that nothing moved or will: pending, and told to people. */
const leftOut: Readonly<Record<string, string>> = {
  'the payment is under way or done':
    'CHQC DS05 DS06 DS07 G000 G001 G002 G003 G004 G005 G006 TS04 S000 S001 S002 S003 S004',
  'the same thing came before': 'AB12 DS15 DS26 RF01 ALAC APAR ARFR ARJR',
  'the running of a clearing': 'AB13 AB15 AB21 AB26 BDAY ISWS NOFR SBRN',
  'a cancellation or a return': 'AG13 DS03 FF12 FF13 RCON RUTA',
  'a request to pay, and what hangs on one':
    'AEXR AMSE ATNS CNNS EDTL EDTR IEDT INAR IPNS IRNR NOAR NOPG NRCH OSNS PINS REPR RQNR RTNS SNRD SPII',
  'files and charges': 'CERI CHCO CHRG DS08 DS09 DS18 DS28 FF09 ID01 RECI TD01 TD02',
};

test('the list is as long as it was when each of its reasons was decided upon', () => {
  assert.equal(codes.length, 301);
});

test('a reason of the list is a refusal, or a duplicate, or left out for a cause', () => {
  const without = new Set([...duplicates, ...Object.values(leftOut).flatMap((some) => some.split(' '))]);
  const refused = codes.filter((code) => reasonMeaning(code) === 'refusal');
  assert.deepEqual(
    refused,
    codes.filter((code) => !without.has(code)),
  );
  assert.deepEqual(
    codes.filter((code) => reasonMeaning(code) === 'duplicate'),
    codes.filter((code) => duplicates.includes(code)),
  );
});

test('a reason that is in nobody’s list is not known', () => {
  for (const code of ['ZZ99', 'NOOR', '', 'ac04', 'toString', '__proto__'])
    assert.equal(reasonMeaning(code), undefined);
  for (const code of duplicates) assert.equal(reasonMeaning(code), 'duplicate');
});

/** A sandbox that refused for a reason that is not known would leave every declined payment pending. */
test('the reasons of both sandboxes are refusals', () => {
  for (const code of ['AM01', 'AM02', 'AM04', 'AC04', 'DS02', 'MS03'])
    assert.equal(reasonMeaning(code), 'refusal');
});
