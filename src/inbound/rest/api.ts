import type { LedgerStore } from '../../payments/ledger-store.ts';
import type { Payments } from '../../payments/payments.ts';
import type { CloseWorld } from '../../reconciliation/reports/close-day.ts';
import { approvalsEndpoint, verdictEndpoint } from './approvals.ts';
import { cancelEndpoint } from './cancelling.ts';
import { assignEndpoint, caseEndpoint, casesEndpoint, commentEndpoint, resolveEndpoint } from './cases.ts';
import { type CertificateDoor, certificateEndpoints } from './admin-certificates.ts';
import { type BreakDoor, breakEndpoints } from './breaks.ts';
import { closeEndpoints } from './closes.ts';
import type { Endpoint } from './endpoint.ts';
import { depositEndpoint, withdrawalEndpoint } from './instructing.ts';
import type { InternalDoorLimits } from './limits.ts';
import { entriesEndpoint, paymentsEndpoint } from './lists.ts';
import { type MatchingDoor, matchingEndpoint } from './matching.ts';
import { openApiEndpoint } from './openapi.ts';
import { balancesEndpoint, paymentEndpoint } from './reading.ts';
import { refundEndpoint } from './refunds.ts';
import { tellReturnEndpoint } from './telling-returns.ts';
import { type StatementDoor, statementEndpoints } from './statements.ts';
import { type ReportDoor, reportEndpoints } from './reports.ts';
import { transferEndpoint } from './transfers.ts';

export interface ApiParts {
  readonly ledger: Pick<
    LedgerStore,
    'paymentById' | 'historyOf' | 'playerBalances' | 'payments' | 'entries' | 'cases'
  >;
  readonly payments: Pick<
    Payments,
    'initiate' | 'status' | 'cancel' | 'refund' | 'tellReturn' | 'transfer' | 'desk'
  >;
  readonly limits: Pick<InternalDoorLimits, 'historyMax' | 'pendingRetryAfterSeconds'>;
  /** What security looks after. */
  readonly certificates?: CertificateDoor;
  /** What finance hands in and looks at. */
  readonly statements?: StatementDoor;
  readonly reports?: ReportDoor;
  readonly closing?: CloseWorld;
  /** What it compares, and works on. */
  readonly reconciliation?: MatchingDoor & BreakDoor;
}

/** Everything that clients can ask, and the contract that says so. */
export function apiEndpoints({
  ledger,
  payments,
  limits,
  certificates,
  statements,
  reports,
  closing,
  reconciliation,
}: ApiParts): readonly Endpoint[] {
  const endpoints = [
    depositEndpoint({ payments, ...limits }),
    withdrawalEndpoint({ payments, ...limits }),
    cancelEndpoint(payments),
    refundEndpoint({ payments, ...limits }),
    tellReturnEndpoint(payments),
    paymentsEndpoint(ledger),
    paymentEndpoint({ ledger, payments, ...limits }),
    entriesEndpoint(ledger),
    balancesEndpoint(ledger),
    transferEndpoint(payments),
    casesEndpoint(ledger),
    caseEndpoint(payments.desk),
    assignEndpoint(payments.desk),
    commentEndpoint(payments.desk),
    resolveEndpoint(payments.desk),
    approvalsEndpoint(payments.desk),
    verdictEndpoint(payments.desk, 'approve'),
    verdictEndpoint(payments.desk, 'reject'),
    ...(certificates === undefined ? [] : certificateEndpoints(certificates)),
    ...(statements === undefined ? [] : statementEndpoints(statements)),
    ...(reports === undefined ? [] : reportEndpoints(reports)),
    ...(closing === undefined ? [] : closeEndpoints(closing)),
    ...(reconciliation === undefined
      ? []
      : [matchingEndpoint(reconciliation), ...breakEndpoints(reconciliation)]),
  ];
  return [...endpoints, openApiEndpoint(endpoints)];
}
