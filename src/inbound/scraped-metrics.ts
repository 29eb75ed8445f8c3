import type { Gateway } from '../payments/gateways.ts';
import type { LedgerStore } from '../payments/ledger-store.ts';
import type { Partner } from '../payments/partners.ts';
import type { Clock } from '../payments/ports.ts';
import { type Metrics, openMetrics } from '../platform/metrics.ts';
import type { CountingSiblings } from '../platform/siblings.ts';
import type { CloseWorld } from '../reconciliation/reports/close-day.ts';
import { watchBooksDue } from '../reconciliation/reports/books-due.ts';
import type { CertificateDesk } from './certificate-desk.ts';
import type { LedgerDirectory } from './ledger-directory.ts';
import type { AnswerWithin } from './ledger-patience.ts';
import { oldestPaymentAges } from './payment-ages.ts';
import { countedFromZero } from './payment-telemetry.ts';

/** What is looked up when somebody scrapes; all of it is there by then. */
export interface Scraped {
  readonly ledger: () => LedgerStore;
  readonly gateways: () => ReadonlyMap<string, Gateway>;
  readonly closing: () => CloseWorld;
  readonly directory: () => LedgerDirectory;
  readonly certificates: () => CertificateDesk;
  readonly answerWithin: AnswerWithin;
  /** Where this process is not all there is. */
  readonly siblings?: CountingSiblings;
}

export interface ScrapedNames {
  readonly gateways: readonly string[];
  /** Where days are closed by a schedule. */
  readonly close?: Parameters<typeof watchBooksDue>[1];
  readonly clock: Clock;
}

/** The metrics of a bridge, of which some are looked up when somebody scrapes. */
export function scrapedMetrics(
  { gateways: names, close, clock }: ScrapedNames,
  { ledger, gateways, closing, directory, certificates, answerWithin, siblings }: Scraped,
): Metrics {
  const ages = oldestPaymentAges(ledger, clock);
  const due = close && watchBooksDue(closing, close);
  return openMetrics({
    partners: idsOf(directory),
    gateways: names,
    openBreakers: () =>
      Array.from(gateways()).flatMap(([name, it]) => (it.breaker() === 'closed' ? [] : [name])),
    ...countedFromZero,
    paymentCounts: () => answerWithin(ledger().paymentCounts()),
    oldestPaymentAges: () => answerWithin(ages()),
    attention: () => answerWithin(ledger().attention(clock.now())),
    ...(due && { booksDue: () => answerWithin(due()) }),
    certificates: () => certificates().told,
    ...(siblings && { siblings }),
    withProcess: true,
  });
}

/** The partners' ids, the same list as long as they are the same. */
function idsOf(directory: () => LedgerDirectory): () => readonly string[] {
  let read: { readonly partners: readonly Partner[]; readonly ids: readonly string[] } | undefined;
  return () => {
    const partners = directory().partners();
    if (read?.partners !== partners) read = { partners, ids: partners.map(({ id }) => id) };
    return read.ids;
  };
}
