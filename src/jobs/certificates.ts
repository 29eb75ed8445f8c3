import { LedgerUnavailable } from '../payments/ledger-store.ts';
import { unlessLedgerAway } from '../payments/ledger-trouble.ts';
import type { Clock } from '../payments/ports.ts';
import { endNotices, type Ending } from '../pki/certificate-ends.ts';
import type { CertificateKeeper } from '../pki/certificate-keeper.ts';
import type { Log } from '../platform/log.ts';
import { errorFields } from '../platform/redaction.ts';
import { type Job, keepRounds } from './rounds.ts';

export interface CertificateRounds {
  readonly keeper: Pick<CertificateKeeper, 'look' | 'recheck'>;
  /** Everything that somebody has to be told of before it ends. */
  readonly endings: () => readonly (Ending & {
    readonly role: string;
    readonly owner: string;
    readonly endsBy: 'certificate' | 'window';
    readonly lastSeenAt?: Date;
  })[];
  readonly sightings: { flush(): Promise<void>; learn(): Promise<void> };
  readonly flushActs: () => Promise<void>;
  readonly shareMetLists: () => Promise<void>;
  readonly watchMs: number;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const flushMs = 30_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Looks at the files, writes down what was seen and done, and tells what is near its end. Ends with the signal. */
export function keepCertificateRounds({
  keeper,
  endings,
  sightings,
  flushActs,
  shareMetLists,
  watchMs,
  log,
  clock,
  signal,
}: CertificateRounds): Promise<void> {
  const notices = endNotices();
  const jobs: Job[] = [
    { name: 'certificates', run: async () => void keeper.look() },
    { name: 'certificateActs', run: flushActs },
    { name: 'certificateSightings', polls: flushMs / watchMs, run: () => sightings.flush() },
    { name: 'revocationLists', polls: flushMs / watchMs, run: shareMetLists },
    {
      name: 'certificateEnds',
      polls: hourMs / watchMs,
      async run() {
        keeper.recheck();
        // Without the ledger it is told what this bridge has seen itself.
        await sightings.learn().catch(unlessLedgerAway);
        const now = clock.now();
        for (const { certificate, daysLeft } of notices(endings(), now)) {
          const { role, owner, fingerprint256: fingerprint, endsBy, lastSeenAt } = certificate;
          const lastSeenDays = lastSeenAt && Math.floor((now.getTime() - lastSeenAt.getTime()) / dayMs);
          const told = { role, owner, fingerprint, daysLeft, endsBy, lastSeenDays };
          log[daysLeft < 1 ? 'error' : 'warn']('certificate.ending', told);
        }
      },
    },
  ];
  return keepRounds(jobs, {
    clock,
    pollMs: watchMs,
    signal,
    onFailure(job, error) {
      // Nothing is lost by it but time, and whoever waits for the ledger tells of it.
      if (!(error instanceof LedgerUnavailable)) log.error('job.failed', { job, ...errorFields(error) });
    },
  });
}
