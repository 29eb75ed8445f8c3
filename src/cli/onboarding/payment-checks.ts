/** Payments, in both versions of SOAP. */
import type { SoapVersion } from '../../platform/soap.ts';
import { type DoorAnswer, shown } from './door-answer.ts';
import { ask, type Check, expecting, failed, passed, type Seen, skipped, type Trial } from './trial.ts';
import { paymentMessage, smallest, soapAction, statusMessage } from './trial-messages.ts';

/** A payment that was answered, with the bytes of the answer. */
interface Made {
  readonly operation: 'Deposit' | 'Withdrawal';
  readonly reference: string;
  readonly at: Date;
  readonly answer: DoorAnswer;
  readonly body: Buffer;
}

type Step = (trial: Trial, made: Made) => Promise<Seen>;

/**
 * A withdrawal of the smallest unit for a player who has nothing: it is recorded as rejected, nothing is held and nothing
 * sent. It is a payment all the same, and everything that holds for one can be tried on it.
 */
export function withoutMoneyChecks(soap: SoapVersion): readonly Check[] {
  let made: Made | undefined;
  const after = (name: string, step: Step, needs?: 'status'): Check => ({
    name,
    soap,
    run: async (trial) => {
      if (!trial.operations.includes('withdrawal')) return skipped(noWithdrawal);
      if (needs !== undefined && !trial.operations.includes(needs))
        return skipped('he may not ask for Status');
      return made === undefined ? failed('nothing was recorded to try it on') : step(trial, made);
    },
  });
  return [
    {
      name: 'withdrawal-without-funds',
      soap,
      async run(trial) {
        if (!trial.operations.includes('withdrawal')) return skipped(noWithdrawal);
        const first = await pay(trial, soap, { operation: 'Withdrawal', end: 'w' });
        if (first.answer.kind === 'result') made = first;
        return expecting('RJCT AM04', shown(first.answer));
      },
    },
    after('replay', (trial, before) => sameBytes(trial, soap, before)),
    after('reference-reused', (trial, before) => otherContent(trial, soap, before)),
    after('status', (trial, before) => statusIs(trial, soap, before), 'status'),
  ];
}

const noWithdrawal = 'he may not withdraw, and a deposit would move money: --with-payments';

function unless({ withPayments, operations }: Trial, operation: 'deposit' | 'withdrawal'): Seen | undefined {
  if (!withPayments) return skipped('moves money: --with-payments');
  return operations.includes(operation) ? undefined : skipped(`he may not use ${operation}`);
}

/** A deposit of the smallest unit, asked for again, and the same paid out again. */
export function withMoneyChecks(soap: SoapVersion): readonly Check[] {
  let deposit: Made | undefined;
  const after = (name: string, step: Step): Check => ({
    name,
    soap,
    run: async (trial) =>
      unless(trial, 'deposit') ??
      (deposit === undefined ? failed('nothing was recorded to try it on') : step(trial, deposit)),
  });
  return [
    {
      name: 'deposit',
      soap,
      async run(trial) {
        const not = unless(trial, 'deposit');
        if (not !== undefined) return not;
        const first = await pay(trial, soap, { operation: 'Deposit', end: 'p' });
        if (first.answer.kind !== 'result') return failed(shown(first.answer));
        deposit = first;
        return passed(shown(first.answer));
      },
    },
    after('deposit-replay', (trial, made) => sameBytes(trial, soap, made)),
    after('deposit-reference-reused', (trial, made) => otherContent(trial, soap, made)),
    after('deposit-status', async (trial, made) =>
      trial.operations.includes('status')
        ? statusIs(trial, soap, made)
        : skipped('he may not ask for Status'),
    ),
    {
      name: 'withdrawal',
      soap,
      async run(trial) {
        const not = unless(trial, 'deposit') ?? unless(trial, 'withdrawal');
        if (not !== undefined) return not;
        const { answer } = await pay(trial, soap, { operation: 'Withdrawal', end: 'b' });
        return answer.kind === 'result' ? passed(shown(answer)) : failed(shown(answer));
      },
    },
  ];
}

interface Paying extends Pick<Made, 'operation'> {
  /** What tells its reference from the others of this run and version. */
  readonly end: string;
}

async function pay(trial: Trial, soap: SoapVersion, { operation, end }: Paying): Promise<Made> {
  const reference = `${trial.run}-${end}${soap.replace('.', '')}`;
  return sendAs(trial, soap, { operation, reference, at: trial.now() });
}

/** So many smallest units, of one player for each version: what a trial pays in it can pay out. */
async function sendAs(
  trial: Trial,
  soap: SoapVersion,
  same: Pick<Made, 'operation' | 'reference' | 'at'>,
  units = 1n,
): Promise<Made> {
  const { run, method, currency } = trial;
  const amount = smallest(units, currency);
  const playerId = `${run}-${soap}`;
  const body = paymentMessage(soap, { ...same, playerId, amount, method });
  const { reply, answer } = await ask(trial, soap, { body, action: soapAction(same.operation) });
  return { ...same, answer, body: reply.body };
}

/** Equal bytes while the Version is equal: a payment that went on between two answers is asked for again, a few times. */
async function sameBytes(trial: Trial, soap: SoapVersion, made: Made): Promise<Seen> {
  let before = made;
  for (let tries = 0; tries < 5; tries += 1) {
    const again = await sendAs(trial, soap, before);
    if (again.answer.kind !== 'result') return failed(shown(again.answer));
    if (again.body.equals(before.body)) return passed(`${again.body.length} bytes, equal`);
    if (again.answer.text('Version') === versionOf(before)) return failed('other bytes of the same Version');
    before = again;
  }
  return failed('its Version changes with every answer');
}

function versionOf({ answer }: Made): string | undefined {
  return answer.kind === 'result' ? answer.text('Version') : undefined;
}

async function otherContent(trial: Trial, soap: SoapVersion, made: Made): Promise<Seen> {
  const { answer } = await sendAs(trial, soap, made, 2n);
  if (answer.kind !== 'fault') return failed(shown(answer));
  const [code = '', , retry = ''] = answer.told.split(' ');
  const names = idOf(answer) === idOf(made.answer) ? 'names the first' : 'names no payment, or another';
  const seen = [code, answer.text('ReasonCode') ?? '', retry, names].join(' ');
  return expecting('REFERENCE_REUSED DU04 NO names the first', seen);
}

async function statusIs(trial: Trial, soap: SoapVersion, made: Made): Promise<Seen> {
  const body = statusMessage(soap, made.reference);
  const { answer } = await ask(trial, soap, { body, action: soapAction('Status') });
  if (answer.kind !== 'result') return failed(shown(answer));
  if (idOf(answer) !== idOf(made.answer)) return failed('tells of another payment');
  return passed(shown(answer));
}

function idOf(answer: DoorAnswer): string | undefined {
  return answer.kind === 'other' ? undefined : answer.text('PaymentId');
}
