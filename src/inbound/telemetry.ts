/**
 * What the doors and the payments tell, as log lines and numbers: one line for what became of a payment, one for a refusal. All
 * that is logged here is a code, an id or a name of the configuration.
 */
import type { Payment } from '../payments/payment.ts';
import { transactionStatus } from '../payments/states.ts';
import type { PaymentEvents } from '../payments/world.ts';
import type { Log, LogEvent } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { errorFields, type LogFields } from '../platform/redaction.ts';
import type { GatewayHealth } from './health.ts';
import type { InternalDoorEvents } from './rest/door.ts';
import { doorProblems } from './rest/problems.ts';
import type { InvalidAnswer } from './soap/codec.ts';
import type { DoorEvents, DoorRefused } from './soap/door-events.ts';

export interface Instruments {
  readonly log: Log;
  readonly metrics: Metrics;
}

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
    accepted({ payment, correlationId }) {
      // What is rejected at once (AM04) gets no answer later: this is its line.
      const level = payment.state.name === 'rejected' ? 'info' : 'debug';
      log[level](eventByState[payment.state.name], { ...fieldsOf(payment), correlationId });
    },
    answered({ payment, gateway, source, answer, effect, correlationId }) {
      const event = eventByState[payment.state.name];
      const fields = { ...fieldsOf(payment), gateway, source, answer, effect, correlationId };
      log[effect === 'ignored' ? 'debug' : 'info'](event, fields);
    },
    transferred({ replayed, ...about }) {
      log.info('transfer.posted', { ...about, effect: replayed ? 'replayed' : 'moved' });
    },
    gatewayCalled(call) {
      metrics.gatewayCall(call);
      log.debug('gateway.called', call);
    },
    alarm({ alarm, ...about }) {
      metrics.alarm(alarm);
      log.error('payment.alarmed', { alarm, ...about });
    },
    ledgerFailed({ trouble, code, correlationId }) {
      metrics.ledgerFailure({ trouble, code: code ?? 'none' });
      // A full queue is load; everything else is a ledger that does not do what it must.
      const level = trouble === 'queueFull' ? 'warn' : 'error';
      log[level]('ledger.failed', { trouble, errorCode: code, correlationId });
    },
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

export function soapDoorTelemetry({ log, metrics }: Instruments): DoorEvents {
  const door = 'soap';
  return {
    answered({ operation, partnerId, result, durationMs, correlationId }) {
      metrics.request({ door, operation, partner: partnerId, result, durationMs });
      log.debug('request.answered', { door, operation, partnerId, state: result, durationMs, correlationId });
    },
    refused(event) {
      const { reason, operation, partnerId, durationMs } = event;
      // Once an operation is known it is a use case that refuses, not the door.
      if (operation === undefined) metrics.doorRefusal({ door, reason });
      metrics.request({
        door,
        operation: operation ?? 'none',
        result: reason,
        durationMs,
        ...(partnerId === undefined ? {} : { partner: partnerId }),
      });
      log.warn('request.refused', { door, ...refusalFields(event) });
    },
    failed({ error, ...about }) {
      log.error('request.failed', { door, ...about, ...errorFields(error) });
    },
    handshakeFailed({ code }) {
      metrics.doorRefusal({ door, reason: 'handshakeFailed' });
      log.warn('handshake.failed', { door, errorCode: code });
    },
    connectionDropped() {
      metrics.doorRefusal({ door, reason: 'connectionDropped' });
      log.warn('connection.dropped', { door });
    },
  };
}

function refusalFields({ reason, status, certificate, code, ...about }: DoorRefused): LogFields {
  return {
    ...about,
    refusal: reason,
    httpStatus: status,
    ...(code === undefined ? {} : { errorCode: code }),
    ...(certificate === undefined
      ? {}
      : {
          clientFingerprint: certificate.fingerprint256,
          clientSerial: certificate.serialNumber,
          clientIssuerHash: certificate.issuerHash,
        }),
  };
}

export function internalDoorTelemetry({ log, metrics }: Instruments): InternalDoorEvents {
  const door = 'internal';
  return {
    answered({ operation, status, durationMs, correlationId }) {
      metrics.request({ door, operation, result: String(status), durationMs });
      log.debug('request.answered', { door, operation, httpStatus: status, durationMs, correlationId });
    },
    refused({ reason, operation, status, durationMs, correlationId }) {
      if (operation === 'none' || Object.hasOwn(doorProblems, reason)) metrics.doorRefusal({ door, reason });
      metrics.request({ door, operation, result: reason, durationMs });
      log.warn('request.refused', {
        door,
        operation,
        refusal: reason,
        httpStatus: status,
        durationMs,
        correlationId,
      });
    },
    failed({ error, correlationId }) {
      log.error('request.failed', { door, correlationId, ...errorFields(error) });
    },
    connectionDropped() {
      metrics.doorRefusal({ door, reason: 'connectionDropped' });
      log.warn('connection.dropped', { door });
    },
  };
}

/** Remembers the last word of each gateway, for `/ready`. */
export function gatewayWatch(
  names: Iterable<string>,
  events: PaymentEvents,
  clock: { now(): Date },
): { events: PaymentEvents; health: () => readonly GatewayHealth[] } {
  const last = new Map<string, GatewayHealth>(Array.from(names, (name) => [name, { name }]));
  return {
    events: {
      ...events,
      gatewayCalled(call) {
        last.set(call.gateway, { name: call.gateway, lastAnswer: call.answer, lastAnswerAt: clock.now() });
        events.gatewayCalled(call);
      },
    },
    health: () => [...last.values()],
  };
}

/** An answer of ours that broke the contract and did not leave: a bug, told with the place and never with a value. */
export function answerAlarm({ log, metrics }: Instruments): (invalid: InvalidAnswer) => void {
  return ({ answer, paymentId, findings: [first = ''] }) => {
    metrics.alarm('invalidAnswer');
    log.error('answer.invalidated', {
      operation: answer,
      detail: first,
      ...(paymentId === undefined ? {} : { paymentId }),
    });
  };
}
