/** What the door refuses, in both versions of SOAP: each has to be read by the caller, and say what to do. */
import type { SoapVersion } from '../../platform/soap.ts';
import { soapContentType } from '../../platform/soap-media.ts';
import { readAnswer, shown } from './door-answer.ts';
import { openWire } from './door-wire.ts';
import { answerToNone } from './transport-checks.ts';
import { ask, type Check, expectFault, expecting, failed, passed, type Seen, type Trial } from './trial.ts';
import {
  type ContractOperation,
  oversized,
  paymentMessage,
  smallest,
  soapAction,
  statusMessage,
  tooFine,
  withDoctype,
} from './trial-messages.ts';

/** More than the 64 KiB that a request may have. */
const oversizedBytes = 70_000;

/** In one version of SOAP. Nothing here moves money, nor leaves anything behind. */
export function refusalChecks(soap: SoapVersion): readonly Check[] {
  const none = (trial: Trial): Buffer => statusMessage(soap, `${trial.run}-none`);
  const refused = (name: string, body: (trial: Trial) => Buffer, code: string): Check => ({
    name,
    soap,
    run: (trial) => expectFault(trial, soap, { body: body(trial) }, `${code} UNKNOWN SAME_ID`),
  });
  return [
    {
      name: 'unknown-reference',
      soap,
      run: (trial) =>
        expectFault(trial, soap, { body: none(trial), action: soapAction('Status') }, answerToNone(trial)),
    },
    { name: 'schema-violation', soap, run: (trial) => schemaViolation(trial, soap) },
    {
      name: 'wrong-soap-action',
      soap,
      run: (trial) =>
        expectFault(
          trial,
          soap,
          { body: none(trial), action: soapAction('Deposit') },
          'SOAP_ACTION_MISMATCH UNKNOWN SAME_ID',
        ),
    },
    refused('doctype', (trial) => withDoctype(none(trial)), 'XML_NOT_ALLOWED'),
    refused('not-well-formed', (trial) => none(trial).subarray(0, -20), 'XML_NOT_WELL_FORMED'),
    refused(
      'other-envelope',
      (trial) => statusMessage(soap === '1.1' ? '1.2' : '1.1', `${trial.run}-none`),
      'SOAP_VERSION_MISMATCH',
    ),
    { name: 'oversized-body', soap, run: (trial) => tooLarge(trial, soap) },
    ...(['Deposit', 'Withdrawal'] as const).map((operation) => decimals(operation, soap)),
  ];
}

/** HTTP's own refusals have no envelope. */
export const mediaTypeCheck: Check = {
  name: 'media-type',
  async run(trial) {
    using wire = openWire(trial.caller);
    const body = statusMessage('1.1', `${trial.run}-none`);
    const { status } = await wire.call({ headers: { 'Content-Type': 'application/xml' }, body });
    return expecting('HTTP 415', `HTTP ${status}`);
  },
};

async function schemaViolation(trial: Trial, soap: SoapVersion): Promise<Seen> {
  const { answer } = await ask(trial, soap, { body: statusMessage(soap, 'no reference') });
  const wanted = 'REQUEST_INVALID UNKNOWN SAME_ID';
  if (answer.kind !== 'fault' || answer.told !== wanted) return expecting(wanted, shown(answer));
  const path = '/Status/Request/PartnerReference';
  return answer.text('Path') === path ? passed(`${wanted}, names ${path}`) : failed('names another place');
}

/** The door refuses while the caller still writes: he has to be able to read it all the same. */
async function tooLarge(trial: Trial, soap: SoapVersion): Promise<Seen> {
  using wire = openWire(trial.caller);
  const body = oversized(statusMessage(soap, `${trial.run}-none`), oversizedBytes);
  const reply = await wire.call({ headers: { 'Content-Type': soapContentType[soap] }, body });
  const told = shown(readAnswer(soap, reply));
  return expecting('HTTP 413 BODY_TOO_LARGE UNKNOWN SAME_ID', `HTTP ${reply.status} ${told}`);
}

/** An amount that no currency of his can have: CH20 where he may use the operation, AG01 where he may not, and money moves in neither. */
function decimals(operation: Exclude<ContractOperation, 'Status'>, soap: SoapVersion): Check {
  return {
    name: `${operation.toLowerCase()}-allowed`,
    soap,
    async run(trial) {
      const amount = tooFine(trial.currency) ?? smallest(0n, trial.currency);
      const { run, method, operations } = trial;
      const reference = `${run}-d`;
      const body = paymentMessage(soap, {
        operation,
        reference,
        playerId: run,
        amount,
        method,
        at: trial.now(),
      });
      const { answer } = await ask(trial, soap, { body, action: soapAction(operation) });
      if (answer.kind !== 'fault') return failed(shown(answer));
      const allowed = operations.includes(operation === 'Deposit' ? 'deposit' : 'withdrawal');
      const fine = tooFine(trial.currency) === undefined ? 'AMOUNT_ZERO' : 'AMOUNT_TOO_MANY_DECIMALS';
      const wanted = allowed ? `${fine} NOT_EXECUTED NEW_ID` : 'OPERATION_FORBIDDEN NOT_EXECUTED SAME_ID';
      const reason = answer.text('ReasonCode') ?? 'no reason';
      return answer.told === wanted ? passed(`${wanted} (${reason})`) : expecting(wanted, answer.told);
    },
  };
}
