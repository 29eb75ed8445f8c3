/** What the doors tell, as log lines and numbers: one line for a refusal. */
import { errorFields, type LogFields } from '../platform/redaction.ts';
import { ledgerFailureLine } from './payment-telemetry.ts';
import type { Instruments } from './instruments.ts';
import type { InternalDoorEvents } from './rest/door.ts';
import { doorProblems } from './rest/problems.ts';
import type { InvalidAnswer } from './soap/codec.ts';
import type { DoorEvents, DoorRefused } from './soap/door-events.ts';

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
    ledgerFailed: ledgerFailureLine({ log, metrics }),
    connectionDropped() {
      metrics.doorRefusal({ door, reason: 'connectionDropped' });
      log.warn('connection.dropped', { door });
    },
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
