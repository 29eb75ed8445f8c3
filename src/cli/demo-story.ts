/** The demo's story: what a partner does, and what he must read. */
import { controlCall, type SoapAnswer, type SoapClient } from './demo-client.ts';
import { type ExamplePayment, paymentRequest, statusRequest } from './soap-examples.ts';

export interface Stage {
  readonly client: SoapClient;
  /** The sandbox's control port. */
  readonly controlUrl: string;
  readonly playerId: string;
  /** Sets this run's references apart from those of every other run. */
  readonly run: string;
  readonly now: () => Date;
}

export interface Told {
  readonly title: string;
  /** What the partner read, in one word or a few. */
  readonly read: string;
  readonly meaning: string;
  readonly asExpected: boolean;
}

/** Plays every step in order, and tells each as soon as it is done. */
export async function* story(stage: Stage): AsyncGenerator<Told> {
  let before: SoapAnswer | undefined;
  for (const { title, fault, act, expected, meaning } of steps) {
    if (fault !== undefined) {
      await controlCall('POST', `${stage.controlUrl}/sandbox/faults`, {
        gateway: 'bank',
        mode: fault,
        count: 1,
      });
    }
    const answer = await act(stage);
    const read = inWords(answer, before);
    yield { title, read, meaning, asExpected: read === expected };
    before = answer;
  }
}

interface Step {
  readonly title: string;
  /** How the bank is told to misbehave before it. */
  readonly fault?: 'decline' | 'timeoutAfter';
  readonly act: (stage: Stage) => Promise<SoapAnswer>;
  readonly expected: string;
  readonly meaning: string;
}

const steps: readonly Step[] = [
  {
    title: 'deposits 50.00 EUR',
    act: pay('Deposit', 'd1', '50.00'),
    expected: 'ACSC',
    meaning: 'settled',
  },
  {
    title: 'sends the very same request again',
    act: pay('Deposit', 'd1', '50.00'),
    expected: 'ACSC, the same bytes',
    meaning: 'a replay moves nothing',
  },
  {
    title: 'sends another amount under that reference',
    act: pay('Deposit', 'd1', '55.00'),
    expected: 'fault DU04, EXECUTED',
    meaning: 'refused, and told what became of the first',
  },
  {
    title: 'withdraws 20.00 EUR',
    act: pay('Withdrawal', 'w1', '20.00'),
    expected: 'ACSC',
    meaning: 'settled',
  },
  {
    title: 'withdraws 500.00 EUR',
    act: pay('Withdrawal', 'w2', '500.00'),
    expected: 'RJCT AM04',
    meaning: 'too little available, nothing was sent',
  },
  {
    title: 'withdraws 5.00 EUR, and the bank declines',
    fault: 'decline',
    act: pay('Withdrawal', 'w3', '5.00'),
    expected: 'RJCT AC04',
    meaning: "the hold is the player's again",
  },
  {
    title: "deposits 7.00 EUR, and the bank's answer is lost",
    fault: 'timeoutAfter',
    act: pay('Deposit', 'd2', '7.00'),
    expected: 'PDNG AB06',
    meaning: 'unknown: it may only be asked about',
  },
  {
    title: 'asks for its status',
    act: ({ client, run }) => client.call('1.2', statusRequest('1.2', `d2-${run}`)),
    expected: 'ACSC',
    meaning: 'found, and booked once',
  },
];

function pay(operation: ExamplePayment['operation'], reference: string, amount: string): Step['act'] {
  return ({ client, run, playerId, now }) =>
    client.call(
      '1.1',
      paymentRequest('1.1', { operation, reference: `${reference}-${run}`, playerId, amount, at: now() }),
    );
}

function inWords(answer: SoapAnswer, before: SoapAnswer | undefined): string {
  const status = answer.text('TransactionStatus');
  if (status === undefined)
    return `fault ${answer.text('ReasonCode') ?? answer.text('Code')}, ${answer.text('Outcome')}`;
  // The history of a settled payment still holds the reasons of its past.
  const said = status === 'ACSC' ? status : `${status} ${answer.text('Code')}`;
  return before !== undefined && answer.body.equals(before.body) ? `${said}, the same bytes` : said;
}
