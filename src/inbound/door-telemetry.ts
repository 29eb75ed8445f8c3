/** What the doors tell, as log lines and numbers: one line for a refusal. */
import { type RefusalCode, refusalRules } from '../payments/refusals.ts';
import type { Blame } from '../platform/metrics.ts';
import { errorFields, type LogFields } from '../platform/redaction.ts';
import { contextFields } from './context-fields.ts';
import { ledgerFailureLine } from './payment-telemetry.ts';
import type { Instruments } from './instruments.ts';
import type { InvalidAnswer } from './invalid-answer.ts';
import type { InternalDoorEvents } from './rest/door-events.ts';
import { doorProblems } from './rest/problems.ts';
import { scarceLines } from './scarce-lines.ts';
import type { DoorEvents, DoorRefused } from './soap/door-events.ts';
import type { PublicDoorEvents } from './webhooks/door-events.ts';

/** Lines of a door about load, in a second. */
const loadLinesPerSecondMax = 20;
/** Lines about lists of revoked certificates, in a second: each request of a partner would be one. */
const listLinesPerSecondMax = 1;

export function soapDoorTelemetry({ log, metrics }: Instruments): DoorEvents {
  const door = 'soap';
  const mayTellLoad = scarceLines(loadLinesPerSecondMax);
  const mayTellList = scarceLines(listLinesPerSecondMax);
  return {
    answered({ operation, partnerId, result, durationMs, ...context }) {
      metrics.request({ door, operation, partner: partnerId, blame: 'none', result, durationMs });
      const about = { door, operation, partnerId, state: result, durationMs };
      log.debug('request.answered', { ...about, ...contextFields(context) });
    },
    refused(event) {
      const { reason, operation, partnerId, durationMs } = event;
      // Once an operation is known it is a use case that refuses, not the door.
      if (operation === undefined) metrics.doorRefusal({ door, reason });
      // The other half of who is let in all the same: whose policy shuts him out until there is a list again.
      if (reason === 'listMissing' || reason === 'listStale') metrics.alarm(reason);
      metrics.request({
        door,
        operation: operation ?? 'none',
        blame: blameFor(reason),
        result: reason,
        durationMs,
        ...partnerLabel(partnerId),
      });
      if (reason !== 'OVERLOADED' || mayTellLoad()) {
        log.warn('request.refused', { door, ...refusalFields(event) });
      }
    },
    failed({ error, partnerId, ...context }) {
      log.error('request.failed', { door, partnerId, ...contextFields(context), ...errorFields(error) });
    },
    ledgerFailed: ledgerFailureLine({ log, metrics }),
    letInUnlisted(partnerId, trouble) {
      metrics.alarm(trouble);
      if (mayTellList()) log.warn('partner.unlisted', { door, partnerId, trouble });
    },
    dismissed({ refused: reason, ...about }) {
      metrics.doorRefusal({ door, reason });
      log.warn('connection.dismissed', { door, refusal: reason, ...callerFields(about) });
    },
    handshakeFailed({ code }) {
      metrics.doorRefusal({ door, reason: 'handshakeFailed' });
      log.warn('handshake.failed', { door, errorCode: code });
    },
    connectionDropped() {
      metrics.doorRefusal({ door, reason: 'connectionDropped' });
      if (mayTellLoad()) log.warn('connection.dropped', { door });
    },
  };
}

function refusalFields({ reason, status, certificate, code, partnerId, ...about }: DoorRefused): LogFields {
  const { operation, durationMs, ...context } = about;
  return {
    refusal: reason,
    httpStatus: status,
    durationMs,
    ...(operation !== undefined && { operation }),
    ...contextFields(context),
    ...callerFields({
      ...(certificate && { certificate }),
      ...(code !== undefined && { code }),
      ...(partnerId !== undefined && { partnerId }),
    }),
  };
}

/** Who he said he was, and what tells his certificate from every other. */
function callerFields({
  certificate,
  code,
  partnerId,
}: Pick<DoorRefused, 'certificate' | 'code' | 'partnerId'>): LogFields {
  return {
    ...(partnerId !== undefined && { partnerId }),
    ...(code !== undefined && { errorCode: code }),
    ...(certificate !== undefined && {
      clientFingerprint: certificate.fingerprint256,
      clientSerial: certificate.serialNumber,
      clientIssuerHash: certificate.issuerHash,
    }),
  };
}

export function internalDoorTelemetry({ log, metrics }: Instruments): InternalDoorEvents {
  const door = 'internal';
  const mayTellLoad = scarceLines(loadLinesPerSecondMax);
  return {
    answered({ operation, partnerId, status, durationMs, ...context }) {
      const result = { blame: 'none', result: String(status) } as const;
      metrics.request({ door, operation, ...partnerLabel(partnerId), ...result, durationMs });
      const about = { door, operation, partnerId, httpStatus: status, durationMs };
      log.debug('request.answered', { ...about, ...contextFields(context) });
    },
    refused({ reason, operation, partnerId, status, durationMs, ...context }) {
      if (operation === 'none' || Object.hasOwn(doorProblems, reason)) metrics.doorRefusal({ door, reason });
      const result = { blame: blameFor(reason), result: reason };
      metrics.request({ door, operation, ...partnerLabel(partnerId), ...result, durationMs });
      const about = { door, operation, partnerId, refusal: reason, httpStatus: status, durationMs };
      if (reason !== 'OVERLOADED' || mayTellLoad()) {
        log.warn('request.refused', { ...about, ...contextFields(context) });
      }
    },
    failed({ error, partnerId, ...context }) {
      log.error('request.failed', { door, partnerId, ...contextFields(context), ...errorFields(error) });
    },
    dismissed({ refused: reason, partnerId }) {
      metrics.doorRefusal({ door, reason });
      log.warn('connection.dismissed', { door, refusal: reason, partnerId });
    },
    handshakeFailed({ code }) {
      metrics.doorRefusal({ door, reason: 'handshakeFailed' });
      log.warn('handshake.failed', { door, errorCode: code });
    },
    answerInvalidated: answerAlarm({ log, metrics }),
    ledgerFailed: ledgerFailureLine({ log, metrics }),
    connectionDropped() {
      metrics.doorRefusal({ door, reason: 'connectionDropped' });
      if (mayTellLoad()) log.warn('connection.dropped', { door });
    },
  };
}

export function publicDoorTelemetry({ log, metrics }: Instruments): PublicDoorEvents {
  const door = 'public';
  // Everybody reaches this door, so nobody may fill the log through it.
  const mayTell = scarceLines(loadLinesPerSecondMax);
  const operation = 'webhook';
  return {
    received({ gateway, result, durationMs, ...context }) {
      metrics.request({ door, operation, blame: 'none', result, durationMs });
      const about = { door, operation, gateway, effect: result, durationMs };
      log.debug('request.answered', { ...about, ...contextFields(context) });
    },
    refused({ reason, gateway, status, durationMs, ...context }) {
      const blame = blameFor(reason);
      if (blame === 'sender') metrics.doorRefusal({ door, reason });
      metrics.request({ door, operation, blame, result: reason, durationMs });
      const about = { door, operation, gateway, refusal: reason, httpStatus: status, durationMs };
      if (mayTell()) log.warn('request.refused', { ...about, ...contextFields(context) });
    },
    failed({ error, ...context }) {
      log.error('request.failed', { door, ...contextFields(context), ...errorFields(error) });
    },
    ledgerFailed: ledgerFailureLine({ log, metrics }),
    handshakeFailed({ code }) {
      metrics.doorRefusal({ door, reason: 'handshakeFailed' });
      if (mayTell()) log.warn('handshake.failed', { door, errorCode: code });
    },
    connectionDropped() {
      metrics.doorRefusal({ door, reason: 'connectionDropped' });
      if (mayTell()) log.warn('connection.dropped', { door });
    },
  };
}

function partnerLabel(partnerId: string | undefined): { partner?: string } {
  return partnerId === undefined ? {} : { partner: partnerId };
}

/** What only a door refuses, by HTTP or by its certificate, is always the caller's. */
function blameFor(reason: string): Blame {
  return Object.hasOwn(refusalRules, reason) ? refusalRules[reason as RefusalCode].blame : 'sender';
}

/** An answer of ours that broke the contract and did not leave: a bug, told with the place and never with a value. */
export function answerAlarm({ log, metrics }: Instruments): (invalid: InvalidAnswer) => void {
  return ({ answer, paymentId, findings: [first = ''], ...context }) => {
    metrics.alarm('invalidAnswer');
    log.error('answer.invalidated', {
      operation: answer,
      detail: first,
      ...(paymentId === undefined ? {} : { paymentId }),
      ...contextFields(context),
    });
  };
}
