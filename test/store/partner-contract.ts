/** Who may come in: partners by revisions, the deny list, and what was done and seen of certificates. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type {
  CertificateAct,
  CertificateDenial,
  CertificateSighting,
  PartnerRevision,
  RevocationListVersion,
} from '../../src/payments/partner-store.ts';
import { somePartner } from '../support/payments.ts';
import { laterBy } from '../support/store-commands.ts';
import { orderedId, unique } from './statement-store-commands.ts';
import type { StatementContract } from './statement-store-contract.ts';

const fingerprint = (): string => randomBytes(32).toString('hex');

export function revisionOf(changes: Partial<PartnerRevision> = {}): PartnerRevision {
  return {
    id: orderedId(),
    partner: {
      ...somePartner(),
      id: `partner-${unique().slice(0, 20)}`,
      issuers: ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'],
      identities: [
        { fingerprint256: fingerprint(), notAfter: new Date('2027-01-01T00:00:00Z') },
        { sanUri: 'urn:x:y' },
      ],
      crl: 'closedWhenStale',
      amountMax: [{ minor: 9_007_199_254_740_993n, currency: 'EUR' }],
    },
    revision: 1,
    origin: 'configuration',
    subject: 'configuration',
    reason: 'seeded "neu" \\ 👋',
    at: laterBy(0),
    ...changes,
  };
}

export function denialOf(changes: Partial<CertificateDenial> = {}): CertificateDenial {
  return {
    id: orderedId(),
    certificate: { fingerprint256: fingerprint() },
    reason: 'keyCompromise',
    comment: 'Schlüssel verloren',
    subject: 'ada',
    at: laterBy(1_000),
    ...changes,
  };
}

export function certificateActOf(changes: Partial<CertificateAct> = {}): CertificateAct {
  return { id: orderedId(), kind: 'issued', subject: 'ada', reason: 'new', at: laterBy(2_000), ...changes };
}

export function sightingOf(changes: Partial<CertificateSighting> = {}): CertificateSighting {
  return {
    fingerprint256: fingerprint(),
    serialNumber: '0A',
    issuerHash: '0123456789abcdef',
    notAfter: new Date('2027-01-01T00:00:00Z'),
    firstSeenAt: laterBy(3_000),
    lastSeenAt: laterBy(3_000),
    ...changes,
  };
}

export function listMetOf(changes: Partial<RevocationListVersion> = {}): RevocationListVersion {
  return { authority: fingerprint(), number: 1n, thisUpdate: new Date('2026-11-01T00:00:00Z'), ...changes };
}

export function partners(contract: StatementContract): void {
  contract(
    'a partner is his newest revision, and every one before it is kept',
    async ({ partners: store }) => {
      const first = revisionOf();
      const { partner: as, id: _id, ...more } = first;
      const second: PartnerRevision = {
        ...more,
        id: orderedId(),
        partner: { ...as, enabled: false },
        revision: 2,
        origin: 'person',
        subject: 'ada',
      };
      assert.equal(await store.addRevision(first), 'added');
      assert.equal(await store.addRevision(first), 'added', 'run again');
      assert.equal(await store.addRevision(second), 'added');
      const present = (await store.partners()).filter(({ partner: { id } }) => id === as.id);
      assert.deepEqual(present, [second]);
      assert.deepEqual(await store.revisionsOf(as.id, 5), [second, first]);
      assert.deepEqual(await store.revisionsOf(as.id, 1), [second]);
      assert.deepEqual(await store.revisionsOf('partner-of-nobody', 5), []);
    },
  );

  contract(
    '20 writers of one revision from two bridges: one adds it, 19 are stale',
    async (stores, again) => {
      const both = [stores.partners, (await again()).partners];
      const { partner: as } = revisionOf();
      const wanted = Array.from({ length: 20 }, (_, index) =>
        revisionOf({ partner: as, subject: `writer-${index}` }),
      );
      const said = await Promise.all(wanted.map(async (one, index) => both[index % 2]?.addRevision(one)));
      assert.deepEqual(
        ['added', 'stale'].map((word) => said.filter((one) => one === word).length),
        [1, 19],
      );
      const [kept] = await stores.partners.revisionsOf(as.id, 2);
      assert.equal(kept?.subject, `writer-${said.indexOf('added')}`);
    },
  );

  contract(
    'a certificate is denied once, by its fingerprint or by its serial number',
    async ({ partners: store }) => {
      const byFingerprint = denialOf();
      const bySerial = denialOf({
        certificate: {
          issuerHash: 'aaaabbbbccccdddd',
          serialNumber: unique().replaceAll('-', '').toUpperCase(),
        },
      });
      for (const denial of [byFingerprint, bySerial]) {
        assert.equal(await store.denyCertificate(denial), 'denied');
        assert.equal(await store.denyCertificate(denial), 'denied', 'run again');
        assert.equal(await store.denyCertificate({ ...denial, id: orderedId(), subject: 'ben' }), 'known');
      }
      const ids = [byFingerprint.id, bySerial.id];
      assert.deepEqual(
        (await store.denials()).filter(({ id }) => ids.includes(id)),
        [byFingerprint, bySerial],
      );
    },
  );

  contract(
    'the stamp of the directory changes with each revision and each denial, and with nothing else',
    async (stores) => {
      const store = stores.partners;
      const stamps = [await store.directoryStamp()];
      await store.addRevision(revisionOf());
      stamps.push(await store.directoryStamp());
      await store.denyCertificate(denialOf());
      stamps.push(await store.directoryStamp());
      assert.equal(new Set(stamps).size, 3);
      await store.recordCertificateAct(certificateActOf());
      await store.noteSightings([sightingOf()]);
      assert.equal(await store.directoryStamp(), stamps[2]);
    },
  );

  contract('what was done with certificates is kept, once each, in order', async ({ partners: store }) => {
    const bare = certificateActOf();
    const whole = certificateActOf({
      kind: 'revoked',
      partnerId: 'acme',
      fingerprint256: fingerprint(),
      serialNumber: '0A0B',
    });
    for (const act of [bare, whole, bare]) await store.recordCertificateAct(act);
    const [before] = (await store.certificateActs({ limit: 1_000 }))
      .filter(({ id }) => id < bare.id)
      .slice(-1);
    const after = before === undefined ? {} : { after: before.id };
    assert.deepEqual(await store.certificateActs({ ...after, limit: 2 }), [bare, whole]);
  });

  contract(
    'a certificate that is seen again keeps its first instant and the latest of its last',
    async ({ partners: store }) => {
      const seen = sightingOf({ partnerId: 'acme' });
      const other = sightingOf();
      await store.noteSightings([]);
      await store.noteSightings([seen, other]);
      await store.noteSightings([
        { ...seen, firstSeenAt: laterBy(9_000), lastSeenAt: laterBy(9_000) },
        { ...other, lastSeenAt: laterBy(1) },
      ]);
      const found = await store.sightings();
      const of = (fingerprint256: string) => found.find((one) => one.fingerprint256 === fingerprint256);
      assert.deepEqual(of(seen.fingerprint256), { ...seen, lastSeenAt: laterBy(9_000) });
      assert.deepEqual(of(other.fingerprint256), other);
    },
  );

  contract(
    'of the lists of revoked certificates the newest of each authority is known, by number and then by date',
    async (stores, again) => {
      const [store, other] = [stores.partners, (await again()).partners];
      const counted = listMetOf({ number: 2n ** 160n - 1n });
      const dated = listMetOf({ number: 0n, thisUpdate: new Date('2026-11-03T00:00:00.000Z') });
      await store.noteRevocationLists([], laterBy(0));
      await store.noteRevocationLists([counted, { ...dated, thisUpdate: laterBy(0) }], laterBy(0));
      await other.noteRevocationLists([dated, counted, { ...counted, number: 255n }], laterBy(1));
      const later = { ...counted, number: 256n, thisUpdate: laterBy(9_000) };
      await Promise.all([store, other].map(async (one) => one.noteRevocationLists([later], laterBy(2))));
      const found = await store.newestRevocationLists();
      const of = (authority: string) => found.filter((one) => one.authority === authority);
      const latest = [dated.thisUpdate, laterBy(0)].toSorted((a, b) => b.getTime() - a.getTime())[0];
      assert.deepEqual(of(counted.authority), [counted]);
      assert.deepEqual(of(dated.authority), [{ ...dated, thisUpdate: latest }]);
    },
  );
}
