/** The demo's story: what a partner and the casino's core do, and what they must read. */
import { type coreClient, controlCall, type SoapAnswer, type SoapClient } from './demo-client.ts';
import { type ExamplePayment, paymentRequest, statusRequest } from './soap-examples.ts';

export interface Stage {
  readonly partner: SoapClient;
  readonly core: ReturnType<typeof coreClient>;
  /** The sandbox's control port. */
  readonly controlUrl: string;
  readonly playerId: string;
  /** Sets this run's references apart from those of every other run. */
  readonly run: string;
  readonly now: () => Date;
}

export interface Told {
  readonly title: string;
  /** What the caller read, in a few words. */
  readonly read: string;
  readonly meaning: string;
  readonly asExpected: boolean;
}

/** Plays every step in order, and tells each as soon as it is done. */
export async function* story(stage: Stage): AsyncGenerator<Told> {
  let before: Read | undefined;
  for (const { title, fault, act, expected, meaning } of steps) {
    if (fault !== undefined) {
      await controlCall('POST', `${stage.controlUrl}/sandbox/faults`, { count: 1, ...fault });
    }
    const answer = await act(stage);
    const read = before?.body.equals(answer.body) === true ? `${answer.words}, the same bytes` : answer.words;
    yield { title, read, meaning, asExpected: read === expected };
    before = answer;
  }
}

interface Step {
  readonly title: string;
  /** How a gateway is told to misbehave before it. */
  readonly fault?: {
    readonly gateway: 'bank' | 'psp';
    readonly mode: 'decline' | 'timeoutAfter' | 'connectionRefused';
    /** How often; once where nothing is said. */
    readonly count?: number;
  };
  readonly act: (stage: Stage) => Promise<Read>;
  readonly expected: string;
  readonly meaning: string;
}

interface Read {
  readonly words: string;
  readonly body: Buffer;
}

const byBank: readonly Step[] = [
  {
    title: 'partner deposits 50.00 EUR',
    act: pay({ operation: 'Deposit', reference: 'd1', amount: '50.00' }),
    expected: 'ACSC by bank',
    meaning: 'settled: in by SOAP, out by SOAP',
  },
  {
    title: 'partner sends the very same request again',
    act: pay({ operation: 'Deposit', reference: 'd1', amount: '50.00' }),
    expected: 'ACSC by bank, the same bytes',
    meaning: 'a replay moves nothing',
  },
  {
    title: 'partner sends another amount under that reference',
    act: pay({ operation: 'Deposit', reference: 'd1', amount: '55.00' }),
    expected: 'fault DU04, EXECUTED',
    meaning: 'refused, and told what became of the first',
  },
  {
    title: 'partner withdraws 20.00 EUR',
    act: pay({ operation: 'Withdrawal', reference: 'w1', amount: '20.00' }),
    expected: 'ACSC by bank',
    meaning: 'settled',
  },
  {
    title: 'partner withdraws 500.00 EUR',
    act: pay({ operation: 'Withdrawal', reference: 'w2', amount: '500.00' }),
    expected: 'RJCT AM04',
    meaning: 'too little available, nothing was sent',
  },
  {
    title: 'partner withdraws 5.00 EUR, and the bank declines',
    fault: { gateway: 'bank', mode: 'decline' },
    act: pay({ operation: 'Withdrawal', reference: 'w3', amount: '5.00' }),
    expected: 'RJCT AC04 by bank',
    meaning: "the hold is the player's again",
  },
  {
    title: "partner deposits 7.00 EUR, and the bank's answer is lost",
    fault: { gateway: 'bank', mode: 'timeoutAfter' },
    act: pay({ operation: 'Deposit', reference: 'd2', amount: '7.00' }),
    expected: 'PDNG AB06 by bank',
    meaning: 'unknown: it may only be asked about',
  },
  {
    title: 'partner asks for its status',
    act: askFor('d2'),
    expected: 'ACSC by bank',
    meaning: 'found, and booked once',
  },
];

const byBoth: readonly Step[] = [
  {
    title: 'partner deposits 30.00 EUR by e-wallet',
    act: pay({ operation: 'Deposit', reference: 'd3', amount: '30.00', method: 'EWALLET' }),
    expected: 'ACSC by psp',
    meaning: 'in by SOAP, out by REST',
  },
  {
    title: 'core withdraws 12.00 EUR to an account',
    act: coreWithdraws('w4', '12.00'),
    expected: 'ACSC by bank',
    meaning: 'in by REST, out by SOAP',
  },
  {
    title: 'partner deposits 9.00 EUR, and the PSP takes no connection',
    // As often as the gateway tries what was never sent.
    fault: { gateway: 'psp', mode: 'connectionRefused', count: 3 },
    act: pay({ operation: 'Deposit', reference: 'd4', amount: '9.00', method: 'EWALLET' }),
    expected: 'ACSC by bank',
    meaning: 'never sent there: the next of its route',
  },
  {
    title: "partner deposits 8.00 EUR, and the PSP's answer is lost",
    fault: { gateway: 'psp', mode: 'timeoutAfter' },
    act: pay({ operation: 'Deposit', reference: 'd5', amount: '8.00', method: 'EWALLET' }),
    expected: 'PDNG AB06 by psp',
    meaning: 'it may have left: nobody else is sent it',
  },
  {
    title: 'partner asks for its status',
    act: askFor('d5'),
    expected: 'ACSC by psp',
    meaning: 'found, and booked once',
  },
];

const steps: readonly Step[] = [...byBank, ...byBoth];

function pay(payment: Omit<ExamplePayment, 'playerId' | 'at'>): Step['act'] {
  return async ({ partner, run, playerId, now }) => {
    const reference = `${payment.reference}-${run}`;
    const request = paymentRequest('1.1', { ...payment, reference, playerId, at: now() });
    return readBySoap(await partner.call('1.1', request));
  };
}

function askFor(reference: string): Step['act'] {
  return async ({ partner, run }) =>
    readBySoap(await partner.call('1.2', statusRequest('1.2', `${reference}-${run}`)));
}

function coreWithdraws(reference: string, value: string): Step['act'] {
  return async ({ core, run, playerId }) => {
    const body = await core('/v1/withdrawals', {
      partnerReference: `${reference}-${run}`,
      playerId,
      amount: { value, currency: 'EUR' },
      paymentMethod: 'BANK_TRANSFER',
      creditor: { name: 'Erika Mustermann', account: { iban: 'DE89370400440532013000' } },
    });
    const { status, reasonCode, gateway } = JSON.parse(body.toString('utf8')) as Record<string, string>;
    return { words: inWords(status, reasonCode, gateway), body };
  };
}

function readBySoap(answer: SoapAnswer): Read {
  const { body } = answer;
  const status = answer.text('TransactionStatus');
  if (status === undefined) {
    const code = answer.text('ReasonCode') ?? answer.text('Code');
    return { words: `fault ${code}, ${answer.text('Outcome')}`, body };
  }
  return { words: inWords(status, answer.text('Code'), answer.text('Gateway')), body };
}

function inWords(
  status: string | undefined,
  reason: string | undefined,
  gateway: string | undefined,
): string {
  // The history of a settled payment still holds the reasons of its past.
  const said = reason === undefined || status === 'ACSC' ? `${status}` : `${status} ${reason}`;
  return gateway === undefined ? said : `${said} by ${gateway}`;
}
