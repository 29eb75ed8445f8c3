import type {
  CertificateAct,
  CertificateDenial,
  CertificateSighting,
  PartnerRevision,
  PartnerStore,
  RevocationListVersion,
} from '../payments/partner-store.ts';
import type { Page } from '../payments/ledger-store.ts';
import type { Lists } from './engine.ts';
import {
  certificateActFrom,
  certificateActRow,
  type CertificateActRow,
  denialFrom,
  denialRow,
  type DenialRow,
  listMetFrom,
  listMetRow,
  type ListMetRow,
  type Present,
  revisionFrom,
  revisionRow,
  type RevisionRow,
  sightingFrom,
  sightingRow,
  type SightingRow,
} from './partner-rows.ts';
import { runClaim } from './reconciliation/claims.ts';
import { paged } from './reconciliation/pages.ts';
import type { Ask } from './reconciliation/statements-over.ts';
import { addRowsWrite } from './reconciliation/writes.ts';
import type { RunWrite } from './writes.ts';

/** Who may come in, and what was done and seen of certificates. */

type Commands =
  'addRevision' | 'denyCertificate' | 'recordCertificateAct' | 'noteSightings' | 'noteRevocationLists';

/** The port's questions: nothing of it that writes. */
export type PartnerQuestions = Omit<PartnerStore, Commands>;

export function partnerQuestions(ask: Ask): PartnerQuestions {
  return {
    partners: () => ask(listPartners),
    revisionsOf: (partnerId, limit) => ask((over) => listRevisions(over, partnerId, limit)),
    denials: () => ask(listDenials),
    directoryStamp: () => ask(stampDirectory),
    certificateActs: (page) => ask((over) => listCertificateActs(over, page)),
    sightings: () => ask(listSightings),
    newestRevocationLists: () => ask(listNewestLists),
  };
}

export function partnersOver(run: RunWrite, ask: Ask): PartnerStore {
  return {
    ...partnerQuestions(ask),
    async addRevision(revision) {
      const { kind } = await runClaim(run, addRowsWrite({ partner_revision: [revisionRow(revision)] }));
      return kind === 'added' ? 'added' : 'stale';
    },
    async denyCertificate(denial) {
      const { kind } = await runClaim(run, addRowsWrite({ certificate_denial: [denialRow(denial)] }));
      return kind === 'added' ? 'denied' : 'known';
    },
    async recordCertificateAct(act) {
      await run(addRowsWrite({ certificate_act: [certificateActRow(act)] }));
    },
    async noteSightings(sightings) {
      if (sightings.length > 0) await run({ kind: 'noteSightings', rows: sightings.map(sightingRow) });
    },
    async noteRevocationLists(lists, at) {
      const rows = lists.map((list) => listMetRow(list, at));
      if (rows.length > 0) await run(addRowsWrite({ revocation_list_met: rows }));
    },
  };
}

async function listPartners({ knex, rows }: Lists): Promise<readonly PartnerRevision[]> {
  const later = knex('partner_revision as later')
    .select('later.id')
    .whereRaw(
      'later.partner_id = partner_revision.partner_id and later.revision > partner_revision.revision',
    );
  const newest = knex('partner_revision').select('*').whereNotExists(later).orderBy('partner_id');
  return (await rows<Present<RevisionRow>>(newest)).map(revisionFrom);
}

async function listRevisions(
  { knex, rows }: Lists,
  partnerId: string,
  limit: number,
): Promise<readonly PartnerRevision[]> {
  const query = knex('partner_revision').select('*').where('partner_id', partnerId);
  const found = await rows<Present<RevisionRow>>(query.orderBy('revision', 'desc').limit(limit));
  return found.map(revisionFrom);
}

async function listDenials({ knex, rows }: Lists): Promise<readonly CertificateDenial[]> {
  const query = knex('certificate_denial').select('*').orderBy('id');
  return (await rows<Present<DenialRow>>(query)).map(denialFrom);
}

async function stampDirectory({ knex, rows }: Lists): Promise<string> {
  const count = (table: string) => knex(table).count('*');
  const [counted] = await rows<{ readonly revisions: unknown; readonly denials: unknown }>(
    knex.select({ revisions: count('partner_revision'), denials: count('certificate_denial') }),
  );
  return `${String(counted?.revisions)} ${String(counted?.denials)}`;
}

async function listCertificateActs({ knex, rows }: Lists, page: Page): Promise<readonly CertificateAct[]> {
  const query = paged(knex('certificate_act').select('*'), 'id', page);
  const found =
    await rows<Present<CertificateActRow, 'partner_id' | 'fingerprint256' | 'serial_number'>>(query);
  return found.map(certificateActFrom);
}

async function listSightings({ knex, rows }: Lists): Promise<readonly CertificateSighting[]> {
  const query = knex('certificate_seen').select('*').orderBy('fingerprint256');
  return (await rows<SightingRow>(query)).map(sightingFrom);
}

async function listNewestLists({ knex, rows }: Lists): Promise<readonly RevocationListVersion[]> {
  const newest = knex('revocation_list_met').select('authority').max({ version: 'version' });
  const query = newest.groupBy('authority').orderBy('authority');
  return (await rows<Pick<Present<ListMetRow>, 'authority' | 'version'>>(query)).map(listMetFrom);
}
