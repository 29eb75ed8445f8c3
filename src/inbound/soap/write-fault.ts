import { refusalRules, retryFor } from '../../payments/refusals.ts';
import type { Refusal, RefusalCode } from '../../payments/refusals.ts';
import type { SoapFault, SoapFaultCode } from '../../platform/soap.ts';
import { optionalElement, parentElement, textElement } from '../../platform/xml-write.ts';
import { paymentsNamespace, typesNamespace } from './contract.ts';

/** SOAP has words of its own for two refusals; for all others it only asks whose fault it is. */
const ownCodes: Readonly<Partial<Record<RefusalCode, SoapFaultCode>>> = {
  SOAP_VERSION_MISMATCH: 'versionMismatch',
  SOAP_MUST_UNDERSTAND: 'mustUnderstand',
};

/** The SOAP fault for a refusal: its reason for people, its detail `PaymentFaultDetail` for programs. */
export function faultFor(refusal: Refusal, correlationId: string): SoapFault {
  return {
    code: faultCodeOf(refusal),
    reason: refusalRules[refusal.refused].message,
    detail: faultDetail(refusal, correlationId),
  };
}

export function faultCodeOf({ refused }: Refusal): SoapFaultCode {
  return ownCodes[refused] ?? refusalRules[refused].blame;
}

function faultDetail(refusal: Refusal, correlationId: string): string {
  const { refused, outcome, paymentId, retryAfterSeconds, violations = [] } = refusal;
  const { reason, message } = refusalRules[refused];
  return parentElement(
    'pay:PaymentFaultDetail',
    [
      textElement('Code', refused),
      optionalElement('ReasonCode', reason),
      textElement('Message', message),
      textElement('Outcome', outcome),
      textElement('Retry', retryFor(refusal)),
      optionalElement('RetryAfterSeconds', retryAfterSeconds?.toString()),
      textElement('CorrelationId', correlationId),
      optionalElement('PaymentId', paymentId),
      ...violations.map(({ path, rule }) =>
        parentElement('Violation', [textElement('Path', path), textElement('Rule', rule)]),
      ),
    ],
    { 'xmlns:pay': paymentsNamespace, xmlns: typesNamespace },
  );
}
