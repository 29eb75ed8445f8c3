/** What the payments and their ledger tell, as log lines and numbers: one line for what became of a payment. */
import type { Payment } from '../payments/payment.ts';
import { transactionStatus } from '../payments/states.ts';
import type { LedgerTrouble } from '../payments/ledger-store.ts';
import type { Alarm, PaymentEvents } from '../payments/world.ts';
import type { CloseRefusal } from '../reconciliation/reports/close-day.ts';
import type { Log, LogEvent } from '../platform/log.ts';
import { errorFields, type LogFields } from '../platform/redaction.ts';
import { contextFields } from './context-fields.ts';
import type { Instruments } from './instruments.ts';

/** Every alarm, every trouble of the ledger and every refusal of a close there is: their counters begin with 0. */
export const countedFromZero = {
  alarms: Object.keys({
    unknownCode: true,
    caseOpened: true,
    answerNotRecorded: true,
    gatewayMissing: true,
    shortfall: true,
    webhookListed: true,
    invalidAnswer: true,
    certificatesRefused: true,
    listMissing: true,
    listStale: true,
  } satisfies Record<Alarm | 'invalidAnswer' | 'certificatesRefused' | 'listMissing' | 'listStale', true>),
  ledgerTroubles: Object.keys({
    queueFull: true,
    timeout: true,
    engineFailed: true,
    closed: true,
  } satisfies Record<LedgerTrouble, true>),
  closeRefusals: Object.keys({
    BRAND_UNKNOWN: true,
    DAY_NOT_OVER: true,
    LATER_DAY_CLOSED: true,
    DAY_BEFORE_OPEN: true,
    REPORT_INCOMPLETE: true,
    BUSY: true,
  } satisfies Record<CloseRefusal['refused'], true>),
} as const;

const eventByState: Readonly<Record<Payment['state']['name'], LogEvent>> = {
  received: 'payment.received',
  awaitingApproval: 'payment.parked',
  submitted: 'payment.submitted',
  pending: 'payment.deferred',
  unknown: 'payment.unanswered',
  completed: 'payment.settled',
  rejected: 'payment.rejected',
  cancelled: 'payment.cancelled',
  expired: 'payment.expired',
};

export function paymentTelemetry({ log, metrics }: Instruments): PaymentEvents {
  return {
    accepted({ payment, ...context }) {
      // What is rejected at once (AM04) gets no answer later: this is its line.
      const level = payment.state.name === 'rejected' ? 'info' : 'debug';
      log[level](eventByState[payment.state.name], { ...fieldsOf(payment), ...contextFields(context) });
    },
    answered({ payment, gateway, source, answer, effect, ...context }) {
      const event = eventByState[payment.state.name];
      const fields = { ...fieldsOf(payment), gateway, source, answer, effect, ...contextFields(context) };
      log[effect === 'ignored' ? 'debug' : 'info'](event, fields);
    },
    changed({ payment, by, ...context }) {
      const fields = { ...fieldsOf(payment), source: by, effect: 'moved', ...contextFields(context) };
      log.info(eventByState[payment.state.name], fields);
    },
    transferred({ transferId, brand, direction, replayed, ...context }) {
      const effect = replayed ? 'replayed' : 'moved';
      log.info('transfer.posted', { transferId, brand, direction, effect, ...contextFields(context) });
    },
    gatewayCalled({ gateway, operation, answer, durationMs, ...context }) {
      const call = { gateway, operation, answer, durationMs };
      metrics.gatewayCall(call);
      log.debug('gateway.called', { ...call, ...contextFields(context) });
    },
    alarm({ alarm, paymentId, gateway, detail, ...context }) {
      metrics.alarm(alarm);
      log.error('payment.alarmed', { alarm, paymentId, gateway, detail, ...contextFields(context) });
    },
    ledgerFailed: ledgerFailureLine({ log, metrics }),
  };
}

/** Why the ledger did not do what it was asked, whichever door asked. */
export function ledgerFailureLine({ log, metrics }: Instruments): PaymentEvents['ledgerFailed'] {
  return ({ trouble, code, ...context }) => {
    metrics.ledgerFailure({ trouble, code: code ?? 'none' });
    // A full queue is load; everything else is a ledger that does not do what it must.
    const level = trouble === 'queueFull' ? 'warn' : 'error';
    log[level]('ledger.failed', { trouble, errorCode: code, ...contextFields(context) });
  };
}

/** The thread that writes the ledger is started again; why it died is nowhere else to be read. */
export function writerDeathLine(log: Log): (error: unknown) => void {
  return (error) => log.error('writer.died', error === undefined ? {} : errorFields(error));
}

function fieldsOf(payment: Payment): LogFields {
  const { state, instruction } = payment;
  const reason = 'reason' in state ? state.reason?.code : undefined;
  return {
    paymentId: payment.id,
    partnerId: instruction.partnerId,
    direction: instruction.direction,
    state: state.name,
    status: transactionStatus(payment),
    version: payment.version,
    ...(reason === undefined ? {} : { reasonCode: reason }),
  };
}
