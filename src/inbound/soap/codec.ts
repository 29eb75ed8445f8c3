import { outcomeOf } from '../../payments/refusals.ts';
import type { Refusal } from '../../payments/refusals.ts';
import { faultStatus, readEnvelope, writeEnvelope, writeFault } from '../../platform/soap.ts';
import type { SoapFault, SoapVersion } from '../../platform/soap.ts';
import { childElements, readXml, XmlEngineFailed, xmlEngineFailure } from '../../platform/xml.ts';
import type { XmlElement, XmlLimits } from '../../platform/xml.ts';
import type { InvalidAnswer } from '../invalid-answer.ts';
import type { SoapCodec, SoapResult } from './door-codec.ts';
import { faultForms } from './fault-forms.ts';
import { readMessage } from './read-message.ts';
import { contractViolations } from './schema.ts';
import { faultCodeOf, faultFor } from './write-fault.ts';
import { resultElement } from './write-result.ts';

/** An answer holds at most 50 lines of history and what a gateway said of charges. */
const answerLimits: XmlLimits = Object.freeze({ bytesMax: 1_048_576, depthMax: 32, nodesMax: 20_000 });

/**
 * The SOAP side of the contract. Every answer is held against the schema before it leaves: a result that breaks it
 * becomes a refusal that says what the ledger says of the payment, and `alarm` is told.
 */
export function soapCodec(alarm: (invalid: InvalidAnswer) => void): SoapCodec {
  const forms = faultForms();
  return {
    readMessage,
    writeResult: (version, result, context) =>
      writeResult(version, result, (invalid) => alarm({ ...invalid, ...context })),
    writeFault: (version, refusal, correlationId) => {
      const write = (id: string) => checkedFault(version, faultFor(refusal, id), alarm);
      return {
        status: faultStatus(version, faultCodeOf(refusal)),
        body: forms(version, refusal, correlationId, write),
      };
    },
  };
}

function writeResult(
  version: SoapVersion,
  result: SoapResult,
  alarm: (invalid: InvalidAnswer) => void,
): Buffer | Refusal {
  const payment = result.operation === 'status' ? result.status.payment : result.payment;
  const body = writeEnvelope(version, resultElement(result));
  const findings = findingsIn(body, version, (child) => child);
  if (findings.length === 0) return body;
  alarm({ answer: result.operation, paymentId: payment.id, findings });
  return { refused: 'INTERNAL_ERROR', outcome: outcomeOf(payment), paymentId: payment.id };
}

/** A fault that broke the contract still says what went wrong in its code and reason, and leaves without its detail. */
function checkedFault(
  version: SoapVersion,
  fault: SoapFault,
  alarm: (invalid: InvalidAnswer) => void,
): { body: Buffer; allowed: boolean } {
  const body = writeFault(version, fault);
  const findings = findingsIn(body, version, detailIn);
  // Without an engine nothing can be checked, and a caller must still learn what is known of his money.
  if (findings.length === 0) return { body, allowed: true };
  if (xmlEngineFailure() !== undefined) return { body, allowed: false };
  alarm({ answer: 'fault', findings });
  return { body: writeFault(version, { code: fault.code, reason: fault.reason }), allowed: false };
}

function detailIn(fault: XmlElement): XmlElement | undefined {
  const detail = childElements(fault).at(-1);
  return detail === undefined ? undefined : childElements(detail)[0];
}

/** What is wrong with an envelope of ours; `part` finds the element in its Body that the contract describes. */
function findingsIn(
  body: Buffer,
  version: SoapVersion,
  part: (child: XmlElement) => XmlElement | undefined,
): readonly string[] {
  const reading = readXml(body, answerLimits);
  if ('refused' in reading) return [reading.refused];
  using document = reading;
  const envelope = readEnvelope(document.root, version);
  const element = 'child' in envelope ? part(envelope.child) : undefined;
  if (element === undefined) return ['notAnEnvelope'];
  return violationsIn(element).map(({ path, rule }) => `${path}: ${rule}`);
}

function violationsIn(element: XmlElement): ReturnType<typeof contractViolations> {
  try {
    return contractViolations(element);
  } catch (error) {
    if (error instanceof XmlEngineFailed) return [{ path: '/', rule: 'invalid' }];
    throw error;
  }
}
