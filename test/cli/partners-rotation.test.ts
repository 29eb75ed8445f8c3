/** A partner's certificates through rotations: at no instant is there a partner without one. */
import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { authoritiesSaid, issuersOf } from '../../src/cli/onboarding/authorities.ts';
import { authorityName, type HisCertificate, identityOf } from '../../src/cli/onboarding/his-certificate.ts';
import {
  abandoned,
  finished,
  rotated,
  rotationUnderWay,
  switched,
  takenBack,
} from '../../src/cli/onboarding/rotation.ts';
import type { Partner, PartnerIdentity } from '../../src/payments/partners.ts';
import { makeAuthority } from '../../src/pki/authority.ts';
import { somePartner } from '../support/payments.ts';
import { freshSeed } from '../support/seed.ts';

const dayMs = 86_400_000;
const authority = async (name: string): Promise<string> => {
  const validity = { notBefore: new Date(), notAfter: new Date(Date.now() + dayMs) };
  return (await makeAuthority({ name: `CN=${name}`, keyKind: 'ec-p256', ...validity })).certificate;
};
const issuer = await authority('First');
const another = await authority('Second');
const start = Date.UTC(2027, 0, 1);
const day = (days: number): Date => new Date(start + days * dayMs);

function certificate(number: number, changes: Partial<HisCertificate> = {}): HisCertificate {
  return {
    pem: '',
    fingerprint256: number.toString(16).padStart(64, '0'),
    serialNumber: '01',
    issuerHash: '',
    notBefore: day(-1),
    notAfter: day(10_000),
    sanUris: ['urn:x:acme'],
    issuers: [issuer],
    ...changes,
  };
}

function partnerWith(...identities: PartnerIdentity[]): Partner {
  return { ...somePartner(), issuers: [issuer], identities };
}

const first = { fingerprint256: certificate(1).fingerprint256 };
const terms = { from: day(10), until: day(40), now: day(0), sanUri: undefined };

function identitiesAfter(change: ReturnType<typeof rotated>): readonly PartnerIdentity[] {
  assert.ok(typeof change !== 'string');
  return change.partner.identities;
}

test('the next certificate counts from its instant, the present one until the end of the overlap', () => {
  const { fingerprint256, serialNumber, issuerHash, notAfter } = certificate(2);
  const taken = {
    fingerprint256,
    serialNumber,
    issuerHash,
    notAfter,
    authorities: [authorityName(issuer)],
  };
  assert.deepEqual(identitiesAfter(rotated(partnerWith(first), certificate(2), terms)), [
    { ...first, notAfter: day(40) },
    { fingerprint256, certificate: taken, notBefore: day(10) },
  ]);
});

/** Without its window, an identity as it was given. */
function onlyWindow(identity: PartnerIdentity = {}): PartnerIdentity {
  const { notBefore: _from, notAfter: _until, ...more } = identity;
  return more;
}

function sentence(change: ReturnType<typeof rotated>): string {
  assert.ok(typeof change === 'string');
  return change;
}

test('a rotation that is taken back leaves what was before it, and the next one ended', () => {
  const before = { ...partnerWith({ ...first, notAfter: day(90) }), enabled: false };
  const next = certificate(2, { issuers: [issuer, another] });
  const change = rotated(before, next, { ...terms, from: day(0) });
  assert.ok(typeof change !== 'string');
  const back = abandoned({ ...change.partner, enabled: true }, [change.partner, before], day(1));
  assert.ok(typeof back !== 'string');
  assert.deepEqual(back.partner.identities, [
    { ...first, notAfter: day(90) },
    { ...onlyWindow(change.partner.identities[1]), notBefore: day(0), notAfter: day(1) },
  ]);
  assert.deepEqual([back.partner.issuers, back.partner.enabled], [[issuer], true]);
  assert.equal(rotationUnderWay(back.partner, day(1)), undefined, 'and the next try may begin');
});

test('one that never counted leaves nothing behind, and without a rotation there is nothing to take back', () => {
  const before = partnerWith(first);
  const change = rotated(before, certificate(2), terms);
  assert.ok(typeof change !== 'string');
  assert.deepEqual(identitiesAfter(abandoned(change.partner, [change.partner, before], day(1))), [first]);
  assert.match(sentence(abandoned(before, [before], day(1))), /no rotation/);
  assert.match(sentence(abandoned(change.partner, [change.partner], day(1))), /no earlier revision/);
});

test('the older one does not end where the next one is revoked', () => {
  const change = rotated(partnerWith(first), certificate(2), { ...terms, from: day(0) });
  assert.ok(typeof change !== 'string');
  const { partner } = change;
  assert.match(
    sentence(finished(partner, day(1), (one) => one === certificate(2).fingerprint256)),
    /is revoked/,
  );
  assert.ok(typeof finished(partner, day(1), (one) => one === first.fingerprint256) !== 'string');
});

/** As `partners add` gives it. */
function given(number: number, changes: Partial<HisCertificate> = {}, sanUri?: string): PartnerIdentity {
  const identity = identityOf('acme', certificate(number, changes), sanUri);
  assert.ok(typeof identity !== 'string');
  return identity;
}

const fromOther = { issuers: [another] };

test('an authority that only the older certificate came from goes with it', () => {
  const before = partnerWith(given(1));
  const change = rotated(before, certificate(2, fromOther), { ...terms, from: day(0) });
  assert.ok(typeof change !== 'string');
  assert.deepEqual(change.partner.issuers, [issuer, another], 'both count, so both are believed');
  const end = finished(change.partner, day(1));
  assert.ok(typeof end !== 'string');
  assert.deepEqual([end.partner.issuers, end.notes?.length], [[another], 1]);
});

test('an authority stays as long as a certificate needs it, or may need it', () => {
  const both = [issuer, another];
  const sameAuthority = issuersOf(both, [given(1), given(2, { issuers: both })]);
  assert.deepEqual(sameAuthority, { issuers: both, notes: [] });
  const configured = issuersOf(both, [given(2, fromOther), first]);
  assert.deepEqual(configured.issuers, both);
  assert.match(configured.notes.join(), /partners change ID --issuer/);
  assert.deepEqual(issuersOf([issuer], [first]), { issuers: [issuer], notes: [] }, 'there is nothing to say');
});

test('a person who says the whole list of authorities takes none away that a certificate needs', () => {
  const both = [issuer, another];
  const pinned = { ...partnerWith(given(1)), issuers: both };
  const said = authoritiesSaid(pinned, [issuer], day(0));
  assert.ok(typeof said !== 'string');
  assert.deepEqual([said.issuers, said.identities, said.notes.length], [[issuer], pinned.identities, 1]);
  const away = authoritiesSaid(pinned, [another], day(0));
  assert.ok(typeof away === 'string' && away.includes('first partners rotate ID'));
  const over = { ...pinned, identities: [{ ...given(1), notAfter: day(0) }, given(2, fromOther)] };
  assert.ok(typeof authoritiesSaid(over, [another], day(0)) !== 'string', 'what is over needs nobody');

  const change = rotated(partnerWith(given(1, {}, 'urn:x:acme')), certificate(2, fromOther), terms);
  assert.ok(typeof change !== 'string');
  const left = authoritiesSaid(change.partner, [another], day(1));
  assert.ok(typeof left !== 'string', 'who is known by a URI leaves an authority once he has another');
  assert.deepEqual(left.identities[0]?.certificate?.authorities, [another].map(authorityName));
  assert.ok(typeof authoritiesSaid(partnerWith(given(1, {}, 'urn:x:acme')), [another], day(0)) === 'string');

  const configured = authoritiesSaid({ ...partnerWith(first), issuers: both }, [another], day(0));
  assert.ok(typeof configured !== 'string');
  assert.match(configured.notes.join(), /partners test tells/);
});

test('with a pre-flight the older certificate has no end before the next one was tried', () => {
  const next = certificate(2, fromOther);
  const before = partnerWith({ ...given(1), notAfter: day(90) });
  const tried = rotated(before, next, { ...terms, from: day(0), until: undefined });
  assert.ok(typeof tried !== 'string');
  assert.deepEqual(tried.partner.identities[0], before.identities[0]);
  assert.deepEqual(identitiesAfter(switched(tried.partner, next, day(7)))[0], {
    ...given(1),
    notAfter: day(7),
  });
  const back = takenBack(tried.partner, before, { next, now: day(0) });
  assert.ok(typeof back !== 'string');
  assert.deepEqual([back.partner.identities[0], back.partner.issuers], [before.identities[0], [issuer]]);
  assert.deepEqual(back.partner.identities[1]?.notAfter, day(0));
  for (const change of [switched(before, next, day(7)), takenBack(before, before, { next, now: day(0) })]) {
    assert.match(sentence(change), /not his any more/);
  }
});

test('who is known by a URI is tried under his new authority, and has the former one again where it fails', () => {
  const next = certificate(2, fromOther);
  for (const known of [{ sanUri: 'urn:x:acme' }, given(1, {}, 'urn:x:acme')]) {
    const before = partnerWith(known);
    const tried = rotated(before, next, { ...terms, from: day(0), until: undefined });
    assert.ok(typeof tried !== 'string');
    assert.deepEqual(tried.partner.issuers, [issuer, another]);
    assert.deepEqual(identitiesAfter(switched(tried.partner, next, day(7))), tried.partner.identities);
    const back = takenBack(tried.partner, before, { next, now: day(0) });
    assert.ok(typeof back !== 'string');
    assert.deepEqual([back.partner.issuers, back.partner.identities], [[issuer], [known]]);
  }
});

test('who would end sooner ends then, and who is over is not kept', () => {
  const over = { fingerprint256: 'f'.repeat(64), notAfter: day(0) };
  const before = partnerWith(over, { ...first, notAfter: day(20) });
  const [present, next, ...more] = identitiesAfter(rotated(before, certificate(2), terms));
  assert.deepEqual([present?.notAfter, next?.notBefore, more], [day(20), day(10), []]);
});

test('a certificate of another authority brings it along, and the older one keeps its own', () => {
  const change = rotated(partnerWith(first), certificate(2, { issuers: [issuer, another] }), terms);
  assert.ok(typeof change !== 'string');
  assert.deepEqual(change.partner.issuers, [issuer, another]);
});

test('who is known by a URI gets no window: each certificate that bears it counts already', () => {
  const byUri = partnerWith({ sanUri: 'urn:x:acme' });
  assert.equal(
    rotated(byUri, certificate(2), terms),
    'this certificate counts already: nothing is to be rotated',
  );
  const elsewhere = rotated(byUri, certificate(2, { issuers: [another] }), terms);
  assert.deepEqual(identitiesAfter(elsewhere), byUri.identities);
  const taken = partnerWith(given(1, {}, 'urn:x:acme'));
  const [identity] = identitiesAfter(rotated(taken, certificate(2, fromOther), terms));
  assert.deepEqual(identity?.certificate?.authorities, [issuer, another].map(authorityName));
});

for (const [why, change] of [
  ['counts already', rotated(partnerWith(first), certificate(1), terms)],
  ['ends before it is to count', rotated(partnerWith(first), certificate(2, { notAfter: day(10) }), terms)],
  [
    'present certificate ends before the next one',
    rotated(partnerWith({ ...first, notAfter: day(9) }), certificate(2), terms),
  ],
  [
    'does not bear this SAN URI',
    rotated(partnerWith(first), certificate(2), { ...terms, sanUri: 'urn:x:birch' }),
  ],
  ['no rotation is under way', finished(partnerWith(first), day(0))],
  [
    'would have none',
    finished(partnerWith(first, { fingerprint256: 'e'.repeat(64), notBefore: day(1) }), day(0)),
  ],
] as const) {
  test(`is no rotation: ${why}`, () => {
    assert.ok(typeof change === 'string' && change.includes(why));
  });
}

function counts({ notBefore, notAfter }: PartnerIdentity, at: Date): boolean {
  return (notBefore === undefined || notBefore <= at) && (notAfter === undefined || at <= notAfter);
}

test('however often somebody rotates and finishes, some certificate counts at every instant', (t) => {
  const acted = fc.record({
    afterDays: fc.nat(60),
    fromDays: fc.nat(60),
    overlapDays: fc.nat(60),
    finish: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(acted, { maxLength: 12 }), (acts) => {
      let partner = partnerWith(first);
      let today = 0;
      for (const [index, { afterDays, fromDays, overlapDays, finish }] of acts.entries()) {
        today += afterDays;
        const from = day(today + fromDays);
        const until = new Date(from.getTime() + overlapDays * dayMs);
        const now = day(today);
        const change = finish
          ? finished(partner, now)
          : (rotationUnderWay(partner, now) ??
            rotated(partner, certificate(index + 2), { from, until, now, sanUri: undefined }));
        if (typeof change !== 'string') ({ partner } = change);
        assert.ok(
          partner.identities.filter(({ notAfter }) => notAfter === undefined || notAfter > now).length <= 2,
        );
        for (let later = 0; later < 150; later += 1) {
          const at = day(today + later);
          assert.ok(
            partner.identities.some((identity) => counts(identity, at)),
            `nobody at day ${today + later}`,
          );
        }
      }
    }),
    { seed: freshSeed(t), numRuns: 100 },
  );
});
