/** The internal door as tests need it: over real payments and a real ledger, on a real socket. */
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { healthEndpoints } from '../../../src/inbound/health.ts';
import { apiEndpoints, type ApiParts } from '../../../src/inbound/rest/api.ts';
import { tokenDigest } from '../../../src/inbound/rest/bearer.ts';
import { clientsOf } from '../../../src/inbound/rest/clients.ts';
import type { InternalDoorParts } from '../../../src/inbound/rest/door.ts';
import type { InternalDoorEvents } from '../../../src/inbound/rest/door-events.ts';
import type { Endpoint } from '../../../src/inbound/rest/endpoint.ts';
import type { InternalDoorLimits } from '../../../src/inbound/rest/limits.ts';
import { operatorRoster } from '../../../src/inbound/rest/operators.ts';
import { openInternalDoor } from '../../../src/inbound/rest/listener.ts';
import type { ReportDoor } from '../../../src/inbound/rest/reports.ts';
import type { StatementDoor } from '../../../src/inbound/rest/statements.ts';
import type { Partner } from '../../../src/payments/partners.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createIds } from '../../../src/platform/ids.ts';
import { openMetrics } from '../../../src/platform/metrics.ts';
import type { TlsIdentity } from '../../../src/platform/tls.ts';
import type { CloseWorld } from '../../../src/reconciliation/reports/close-day.ts';
import { call, type HttpCall } from '../../support/http.ts';
import { somePartner } from '../../support/payments.ts';
import { openWorld, type WorldChanges } from '../../support/world.ts';

const shipped = JSON.parse(
  readFileSync(new URL('../../../config/default.json', import.meta.url), 'utf8'),
) as { limits: { internalDoor: InternalDoorLimits } };

export const json = ['Content-Type', 'application/json'] as const;

/** The token of a partner; it has 32 characters at least. */
export function tokenOf(partnerId: string): string {
  return `${partnerId}-has-a-token-that-only-this-test-knows`;
}

export function bearer(token: string): readonly [string, string] {
  return ['Authorization', `Bearer ${token}`];
}

/** A partner who comes by REST, and may do everything there. */
export function restPartner(id: string, changes: Partial<Partner> = {}): Partner {
  return somePartner({
    id,
    tokenDigests: [tokenDigest(tokenOf(id))],
    operations: ['deposit', 'withdrawal', 'status', 'cancel', 'transfer', 'read'],
    ...changes,
  });
}

export interface DoorChanges extends WorldChanges {
  readonly partners?: readonly Partner[];
  readonly homeToken?: string;
  readonly doorLimits?: Partial<InternalDoorLimits>;
  readonly more?: readonly Endpoint[];
  readonly statements?: StatementDoor;
  readonly reports?: ReportDoor;
  readonly closing?: CloseWorld;
  readonly reconciliation?: ApiParts['reconciliation'];
  readonly identity?: TlsIdentity;
  readonly random?: InternalDoorParts['random'];
}

/** Partner `core` may do everything, `shop` only pay and look at its own. */
export const someClients: readonly Partner[] = [
  restPartner('core'),
  restPartner('shop', { operations: ['deposit', 'withdrawal', 'status', 'cancel'] }),
];

export interface Sending extends Omit<HttpCall, 'method' | 'path' | 'body'> {
  /** Whose token is shown; core's where nobody is named. */
  readonly as?: string;
}

function withToken({ as = 'core', headers = [] }: Sending): HttpCall['headers'] & object {
  return [bearer(tokenOf(as)), ...headers];
}

export async function openRestDoor(t: TestContext, changes: DoorChanges = {}) {
  const { payments, ledger, told: happened } = await openWorld(t, changes);
  const told: { event: keyof InternalDoorEvents; about: object }[] = [];
  const tell = (event: keyof InternalDoorEvents) => (about: object) => void told.push({ event, about });
  const metrics = openMetrics({
    partners: () => [],
    gateways: [],
    paymentCounts: () => ledger.paymentCounts(),
  });
  const limits = { ...shipped.limits.internalDoor, ...changes.doorLimits };
  let partners = changes.partners ?? someClients;
  const directory = {
    partners: () => partners,
    hasTokens: () => partners.some(({ tokenDigests }) => tokenDigests.length > 0),
  };
  let stopping = false;
  const operators = operatorRoster(ledger, changes.clock ?? systemClock);
  const door = openInternalDoor(
    {
      openEndpoints: healthEndpoints({
        ledger,
        answerWithin: (work) => work,
        certificates: () => [],
        listed: () => [],
        gateways: () => [{ name: 'bank', breaker: 'closed' }],
        metrics,
        stopping: () => stopping,
      }),
      endpoints: [
        ...apiEndpoints({
          ledger,
          payments,
          limits,
          ...(changes.statements && { statements: changes.statements }),
          ...(changes.reports && { reports: changes.reports }),
          ...(changes.closing && { closing: changes.closing }),
          ...(changes.reconciliation && { reconciliation: changes.reconciliation }),
        }),
        ...(changes.more ?? []),
      ],
      answerWithin: (work) => work,
      hosts: ['localhost'],
      clientOf: clientsOf(directory, changes.homeToken, () => operators.known()),
      directory: { refreshed: () => Promise.resolve() },
      operators,
      clock: systemClock,
      ids: createIds({ clock: systemClock }),
      ...(changes.random && { random: changes.random }),
      events: {
        answered: tell('answered'),
        refused: tell('refused'),
        failed: tell('failed'),
        answerInvalidated: tell('answerInvalidated'),
        dismissed: tell('dismissed'),
        handshakeFailed: tell('handshakeFailed'),
        ledgerFailed: tell('ledgerFailed'),
        connectionDropped: () => void told.push({ event: 'connectionDropped', about: {} }),
      },
      limits,
    },
    changes.identity,
  );
  const port = await door.listen('127.0.0.1', 0);
  t.after(() => door.close(1_000));
  const ask = async (asked: HttpCall) => call(port, asked);
  return {
    port,
    payments,
    ledger,
    told,
    happened,
    ask,
    get: async (path: string, sending: Sending = {}) => ask({ path, headers: withToken(sending) }),
    post: async (path: string, document: unknown, sending: Sending = {}) =>
      ask({
        method: 'POST',
        path,
        headers: [...withToken(sending), json],
        body: typeof document === 'string' ? document : JSON.stringify(document),
      }),
    setPartners: (next: readonly Partner[]): void => {
      partners = next;
      door.dismissStrangers();
    },
    stop: () => void (stopping = true),
  };
}
