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
  readonly endings: () => readonly (Ending & { readonly role: string; readonly owner: string })[];
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
        for (const { certificate, daysLeft } of notices(endings(), clock.now())) {
          const { role, owner, fingerprint256: fingerprint } = certificate;
          log[daysLeft < 1 ? 'error' : 'warn']('certificate.ending', { role, owner, fingerprint, daysLeft });
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
