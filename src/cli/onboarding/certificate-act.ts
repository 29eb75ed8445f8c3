/** An act that gives a partner a certificate: everything is looked at first, then it is issued, then the ledger is told. */
import type { PartnerRevision, PartnerStore } from '../../payments/partner-store.ts';
import { systemClock } from '../../platform/clock.ts';
import type { Terminal } from '../command.ts';
import {
  certificateAtHand,
  type CertificateAtHand,
  type CertificateSource,
  type Obtained,
  toldOf,
} from './obtain-certificate.ts';
import {
  type Act,
  type Change,
  type Changed,
  changedMeanwhile,
  changePartner,
  denialOf,
} from './partner-acts.ts';

export interface CertificateAct extends Act {
  readonly source: CertificateSource;
  readonly terminal: Terminal;
  /** Why the partner, as he stands, cannot be given one now. */
  readonly hindrance: (before: PartnerRevision | undefined, now: Date) => string | undefined;
  /** What becomes of him with it. */
  readonly propose: (before: PartnerRevision | undefined, certificate: Obtained, now: Date) => Change;
}

export interface CertificateGiven {
  readonly changed: Changed | string;
  /** Absent where there is none. */
  readonly obtained?: Obtained;
}

/** So often somebody else may be faster. */
const triesMax = 5;

/** Nothing is issued for a row that would not be accepted; a row that comes too late is tried again with the same certificate. */
export async function giveCertificate(store: PartnerStore, act: CertificateAct): Promise<CertificateGiven> {
  const { partnerId, hindrance } = act;
  const [before] = await store.revisionsOf(partnerId, 1);
  const inTheWay = hindrance(before, systemClock.now());
  if (inTheWay !== undefined) return { changed: inTheWay };
  const found = await atHand(store, act);
  if (typeof found === 'string') return { changed: found };
  const { trial } = found;
  const changed =
    (await denialOf(store, trial)) ??
    (await changePartner(store, { ...act, dryRun: true }, decided(act, trial)));
  if (typeof changed === 'string') return { changed };
  if (act.dryRun) return { changed, obtained: trial };
  const obtained = await found.obtain();
  return typeof obtained === 'string' ? { changed: obtained } : written(store, act, obtained);
}

async function atHand(
  store: PartnerStore,
  { source, partnerId, reason, terminal }: CertificateAct,
): Promise<CertificateAtHand | string> {
  const revisions = await store.revisionsOf(partnerId, revisionsMax);
  const given = revisions.flatMap(({ partner }) => partner.identities);
  const isUsed = (fingerprint256: string): boolean =>
    given.some((one) => (one.fingerprint256 ?? one.certificate?.fingerprint256) === fingerprint256);
  return certificateAtHand(source, { partnerId, reason, terminal, now: systemClock.now(), isUsed });
}

/** As many as a partner may have had. */
export const revisionsMax = 1_000;

async function written(
  store: PartnerStore,
  act: CertificateAct,
  obtained: Obtained,
): Promise<CertificateGiven> {
  try {
    let changed: Changed | string = changedMeanwhile;
    for (let tries = 0; tries < triesMax && changed === changedMeanwhile; tries += 1) {
      changed = await changePartner(store, act, decided(act, obtained));
    }
    return typeof changed === 'string'
      ? { changed: `${changed}${leftBehind(act, obtained)}` }
      : { changed, obtained };
  } catch (error) {
    const left = leftBehind(act, obtained);
    if (left !== '') act.terminal.err(`cagebridge: the ledger was not told${left}`);
    throw error;
  }
}

function decided({ hindrance, propose }: CertificateAct, certificate: Obtained) {
  return (before: PartnerRevision | undefined, now: Date): Change => {
    const change = hindrance(before, now) ?? propose(before, certificate, now);
    return typeof change === 'string'
      ? change
      : { ...change, acts: [toldOf(certificate), ...(change.acts ?? [])] };
  };
}

/** What the loser has in his hands, and the two ways on. */
function leftBehind({ source }: CertificateAct, { paths, serialNumber }: Obtained): string {
  if (source.way !== 'issued' || paths === undefined) return '';
  return (
    `. The certificate that was issued is in ${paths.certificate} and its key in ${paths.key}: the same command takes them up again. ` +
    `If nobody is to have them: cagebridge certs revoke ${serialNumber} --ca ${source.ca} --reason superseded --passphrase ..., and delete both`
  );
}
