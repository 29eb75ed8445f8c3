import type { Config } from '../config/config.ts';
import { toleratedFindings } from '../pki/identity-refusal.ts';
import type { Clock } from '../payments/ports.ts';
import type { Log } from '../platform/log.ts';

/**
 * What is odd about the certificates that a bridge starts with, and serves all the same: said once, because from then on it
 * is no reason to refuse the next ones. What has ended is told by the first look at the files, with an alarm.
 */
export function tellProfiles(
  { soap, public: open, internal, gateways }: Config,
  { log, clock }: { readonly log: Log; readonly clock: Pick<Clock, 'now'> },
): void {
  const now = clock.now();
  const doors = Object.entries({ soap, public: open, internal });
  const parts = [
    ...doors.map(([name, door]) => ['serverAuth', `doors.${name}`, door?.identity] as const),
    ...gateways.map(({ name, tls }) => ['clientAuth', `gateways.${name}`, tls.identity] as const),
  ];
  for (const [purpose, part, identity] of parts) {
    for (const { reason, detail } of identity ? toleratedFindings(identity, { purpose, now }) : [])
      log.warn('certificates.tolerated', { part, refusal: reason, detail });
  }
}
