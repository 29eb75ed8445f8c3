/** What becomes of the bridge's own certificates, as log lines, numbers and the audit trail. */
import { X509Certificate } from 'node:crypto';
import type { CertificateAct, PartnerStore } from '../payments/partner-store.ts';
import type { Clock, Ids } from '../payments/ports.ts';
import { certificateName } from '../pki/certificate.ts';
import type { KeeperEvents, LookCause } from '../pki/certificate-keeper.ts';
import type { PartFiles } from '../pki/certificate-set.ts';
import { errorFields } from '../platform/redaction.ts';
import type { Instruments } from './instruments.ts';

export interface CertificateTrail {
  readonly events: KeeperEvents;
  /** Writes the acts that wait. What a ledger that is away does not take is written the next time. */
  flush(): Promise<void>;
}

export interface TrailParts extends Instruments {
  readonly store: Pick<PartnerStore, 'recordCertificateAct'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
}

/** More acts than this wait for no ledger: the log has them all. */
const waitingMax = 1_000;

export function certificateTrail({ log, metrics, store, clock, ids }: TrailParts): CertificateTrail {
  const waiting: CertificateAct[] = [];
  let flushing: Promise<void> | undefined;

  function note(act: Omit<CertificateAct, 'id' | 'at'>): void {
    if (waiting.length < waitingMax) waiting.push({ id: ids.uuid(), at: clock.now(), ...act });
  }

  async function writeAll(): Promise<void> {
    for (let [act] = waiting; act !== undefined; [act] = waiting) {
      await store.recordCertificateAct(act);
      waiting.shift();
    }
  }

  return {
    events: {
      loaded(part, files, cause) {
        const named = namesOf(files);
        log.info('certificates.loaded', {
          part,
          source: causeWord(cause),
          fingerprint: named?.fingerprint256,
        });
        note({ kind: 'loaded', subject: subjectOf(cause), reason: `${part}: ${saidOf(cause)}`, ...named });
      },
      refused(part, { reason, detail }, cause) {
        metrics.alarm('certificatesRefused');
        log.error('certificates.refused', { part, refusal: reason, detail, source: causeWord(cause) });
        note({ kind: 'refused', subject: subjectOf(cause), reason: `${part}: ${reason}` });
      },
      recovered: (part) => log.info('certificates.recovered', { part }),
      failed: (part, error) => log.error('certificates.failed', { part, ...errorFields(error) }),
    },
    flush: () => (flushing ??= writeAll().finally(() => (flushing = undefined))),
  };
}

function causeWord(cause: LookCause): string {
  return typeof cause === 'string' ? cause : 'request';
}

/** What a person has said is meant stands in the audit with his name. */
function saidOf(cause: LookCause): string {
  const { accepted = [] } = typeof cause === 'string' ? {} : cause;
  return [causeWord(cause), ...accepted.map((word) => `accepted ${word}`)].join(', ');
}

/** Without a person it is the bridge itself. */
function subjectOf(cause: LookCause): string {
  return typeof cause === 'string' ? 'bridge' : cause.operator;
}

function namesOf({
  identity,
}: PartFiles): Pick<CertificateAct, 'fingerprint256' | 'serialNumber'> | undefined {
  if (identity === undefined) return undefined;
  const { fingerprint256, serialNumber } = certificateName(new X509Certificate(identity.certificate));
  return { fingerprint256, serialNumber };
}
