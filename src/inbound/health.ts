/** What monitoring asks, without credentials: whether we live, whether we can work, and what was counted. */
import type { BreakerState } from '../payments/gateways.ts';
import type { LedgerStore } from '../payments/ledger-store.ts';
import type { RefusedPart } from '../pki/certificate-keeper.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { AnswerWithin } from './ledger-patience.ts';
import type { ListedPartner } from './partner-lists.ts';
import type { OpenEndpoint } from './rest/endpoint.ts';

/** The last word that was heard of a gateway, and whether it is called at all. */
export interface GatewayHealth {
  readonly name: string;
  readonly breaker: BreakerState;
  readonly lastAnswer?: string;
  readonly lastAnswerAt?: Date;
}

export interface HealthParts {
  readonly ledger: Pick<LedgerStore, 'ready'>;
  readonly answerWithin: AnswerWithin;
  readonly gateways: () => readonly GatewayHealth[];
  /** The parts that go on with an old certificate, because their files are bad, or with one that has ended. */
  readonly certificates: () => readonly RefusedPart[];
  /** How the lists of revoked certificates stand of those partners who want one. */
  readonly listed: () => readonly ListedPartner[];
  readonly metrics: Pick<Metrics, 'exposition'>;
  /** Whether the bridge is on its way down: then nothing new should be sent here. */
  readonly stopping: () => boolean;
}

/**
 * `/health` is 200 while the process serves. `/ready` is 503 while the ledger is away or the bridge stops; gateways are
 * reported and do not decide, because a silent bank is no reason to stop answering; nor do certificates, because a bridge
 * that goes on with the old ones serves. Whoever asks at the same time
 * shares one look at the ledger.
 */
export function healthEndpoints({
  ledger,
  answerWithin,
  gateways,
  certificates,
  listed,
  metrics,
  stopping,
}: HealthParts): readonly OpenEndpoint[] {
  const ledgerAnswers = shared(() =>
    answerWithin(ledger.ready()).then(
      () => true,
      () => false,
    ),
  );
  const exposition = shared(() => metrics.exposition());
  return [
    {
      method: 'GET',
      path: '/health',
      operation: 'health',
      respond: async () => Promise.resolve({ document: { status: 'up' } }),
    },
    {
      method: 'GET',
      path: '/ready',
      operation: 'ready',
      async respond() {
        const answers = await ledgerAnswers();
        const ready = answers && !stopping();
        return {
          status: ready ? 200 : 503,
          document: {
            status: stopping() ? 'stopping' : ready ? 'ready' : 'notReady',
            ledger: { status: answers ? 'up' : 'down' },
            gateways: gateways(),
            certificates: certificatesView(certificates(), listed()),
          },
        };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      operation: 'metrics',
      async respond() {
        const { mediaType, text: content } = await exposition();
        return { mediaType, content };
      },
    },
  ];
}

function certificatesView(refused: readonly RefusedPart[], listed: readonly ListedPartner[]) {
  const parts = refused.map(({ part, reason, since }) => ({ part, reason, since: since.toISOString() }));
  const lists = listed.filter(({ trouble }) => trouble !== undefined);
  if (parts.length === 0 && lists.length === 0) return { status: 'up' };
  return { status: 'degraded', parts, lists };
}

function shared<T>(look: () => Promise<T>): () => Promise<T> {
  let looking: Promise<T> | undefined;
  return () =>
    (looking ??= look().finally(() => {
      looking = undefined;
    }));
}
