/** When somebody has to be told that a certificate is near its end: its own, or that of the time in which it stands for somebody. */
import { dayMs } from '../platform/clock.ts';

/** Days before the end; 0 is the end itself. */
const thresholds: readonly number[] = [0, 1, 7, 14, 30];

export interface Ending {
  readonly fingerprint256: string;
  readonly endsAt: Date;
}

export interface EndNotice<Certificate extends Ending> {
  readonly certificate: Certificate;
  /** The nearest threshold that was passed. */
  readonly withinDays: number;
  /** Whole days that are left; below zero where it has ended. */
  readonly daysLeft: number;
}

/**
 * Finds what is due at each look: for each certificate every threshold once, and of several that were passed since the last
 * look only the nearest. It forgets what it is not shown any more.
 */
export function endNotices(): <Certificate extends Ending>(
  certificates: readonly Certificate[],
  now: Date,
) => readonly EndNotice<Certificate>[] {
  let told = new Map<string, number>();
  return (certificates, now) => {
    const before = told;
    told = new Map();
    return certificates.flatMap((certificate) => {
      const { fingerprint256, endsAt } = certificate;
      const leftMs = endsAt.getTime() - now.getTime();
      const withinDays = thresholds.find((days) => leftMs <= days * dayMs);
      if (withinDays === undefined) return [];
      const isTold = told.has(fingerprint256) || (before.get(fingerprint256) ?? Infinity) <= withinDays;
      told.set(fingerprint256, withinDays);
      return isTold ? [] : [{ certificate, withinDays, daysLeft: Math.floor(leftMs / dayMs) }];
    });
  };
}
