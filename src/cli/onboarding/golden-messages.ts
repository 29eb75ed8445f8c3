/** Messages for a partner to look at: requests as he writes them, and what the bridge answers, in both versions of SOAP. */
import { soapCodec } from '../../inbound/soap/codec.ts';
import type { SoapResult } from '../../inbound/soap/door-codec.ts';
import { minorDigits } from '../../ledger/currencies.ts';
import { formatAmount, type Money } from '../../ledger/money.ts';
import type { Payment, PaymentState } from '../../payments/payment.ts';
import type { Partner } from '../../payments/partners.ts';
import { type Refusal, refusedAfterAsking, refusedUnasked } from '../../payments/refusals.ts';
import type { SoapVersion } from '../../platform/soap.ts';
import { paymentMessage, statusMessage } from './trial-messages.ts';

/** What the messages depend on: nothing that changes with the day on which they are written. */
export interface MessagesFor extends Pick<Partner, 'operations' | 'defaultBrand'> {
  readonly currency: string;
}

interface Exchange {
  readonly name: string;
  request(version: SoapVersion): Buffer;
  answer(version: SoapVersion): Buffer;
}

const codec = soapCodec(() => {
  throw new Error('an example breaks the contract');
});
const context = { correlationId: '01980000-0000-7000-8000-00000000c0de' };
const paymentIds = {
  CRDT: '01980000-0000-7000-8000-000000000001',
  DBIT: '01980000-0000-7000-8000-000000000002',
} as const;

const at = (time: string): Date => new Date(`2026-01-15T${time}Z`);

/** The files of `messages/`, by name: NAME-VERSION.request.xml and NAME-VERSION.response.xml. */
export function goldenMessages(wanted: MessagesFor): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (const exchange of exchangesFor(wanted)) {
    for (const version of ['1.1', '1.2'] as const) {
      files.set(`${exchange.name}-${version}.request.xml`, exchange.request(version));
      files.set(`${exchange.name}-${version}.response.xml`, exchange.answer(version));
    }
  }
  return files;
}

/** Those of the operations that he may use. */
function exchangesFor(wanted: MessagesFor): readonly Exchange[] {
  const { operations } = wanted;
  const may = (operation: Partner['operations'][number], ...exchanges: Exchange[]): readonly Exchange[] =>
    operations.includes(operation) ? exchanges : [];
  return [
    ...may('deposit', deposit(wanted), reused(wanted)),
    ...may('withdrawal', withoutFunds(wanted)),
    ...may('status', statusOf(wanted)),
    unknown(wanted),
    violation(),
  ];
}

function deposit(wanted: MessagesFor): Exchange {
  return {
    name: 'deposit',
    request: (version) => instruct(version, wanted, 'Deposit', tenOf(wanted.currency)),
    answer: (version) => result(version, { operation: 'deposit', payment: settled(wanted) }),
  };
}

/** The deposit's reference with another amount. */
function reused(wanted: MessagesFor): Exchange {
  const { minor, currency } = tenOf(wanted.currency);
  return {
    name: 'reference-reused',
    request: (version) => instruct(version, wanted, 'Deposit', { minor: minor + 1n, currency }),
    answer: (version) => fault(version, refusedAfterAsking('REFERENCE_REUSED', settled(wanted))),
  };
}

/** By a player who has less: declined, which is an ordinary answer. */
function withoutFunds(wanted: MessagesFor): Exchange {
  const state: PaymentState = { name: 'rejected', reason: { code: 'AM04' }, endedAt: at('09:05:00.000') };
  const payment = { ...paymentOf(wanted, 'DBIT', state), version: 1 };
  return {
    name: 'withdrawal-declined',
    request: (version) => instruct(version, wanted, 'Withdrawal', tenOf(wanted.currency)),
    answer: (version) => result(version, { operation: 'withdrawal', payment }),
  };
}

function statusOf(wanted: MessagesFor): Exchange {
  const history = [
    { version: 1, state: 'submitted', at: at('09:00:00.500') },
    { version: 2, state: 'completed', at: at('09:00:01.000') },
  ] as const;
  return {
    name: 'status',
    request: (version) => statusMessage(version, referenceOf('CRDT')),
    answer: (version) =>
      result(version, { operation: 'status', status: { payment: settled(wanted), history } }),
  };
}

function unknown({ operations }: MessagesFor): Exchange {
  const code = operations.includes('status') ? 'PAYMENT_NOT_FOUND' : 'OPERATION_FORBIDDEN';
  return {
    name: 'unknown',
    request: (version) => statusMessage(version, 'example-of-no-payment'),
    answer: (version) => fault(version, refusedUnasked(code)),
  };
}

function violation(): Exchange {
  const path = '/Status/Request/PartnerReference';
  const violations = [{ path, rule: 'pattern' }];
  return {
    name: 'schema-violation',
    request: (version) => statusMessage(version, 'no reference'),
    answer: (version) => fault(version, refusedUnasked('REQUEST_INVALID', { violations })),
  };
}

function instruct(
  version: SoapVersion,
  wanted: MessagesFor,
  operation: 'Deposit' | 'Withdrawal',
  money: Money,
): Buffer {
  return paymentMessage(version, {
    operation,
    reference: referenceOf(operation === 'Deposit' ? 'CRDT' : 'DBIT'),
    playerId: playerOf(operation === 'Deposit' ? 'CRDT' : 'DBIT'),
    amount: { value: formatAmount(money), currency: wanted.currency },
    method: 'BANK_TRANSFER',
    at: at('09:00:00.000'),
  });
}

function settled(wanted: MessagesFor): Payment {
  const attempt = {
    ordinal: 1,
    gateway: 'bank',
    instrId: '01980000000070008000000000000001',
    intendedAt: at('09:00:00.500'),
    sendBefore: at('09:00:05.500'),
    answerBefore: at('09:00:30.500'),
  };
  return paymentOf(wanted, 'CRDT', {
    name: 'completed',
    attempt,
    settlement: {
      amount: tenOf(wanted.currency),
      gatewayReference: 'example-of-a-bank-reference',
      settledAt: at('09:00:00.900'),
      bookingDate: '2026-01-15',
      valueDate: '2026-01-15',
      charges: [],
    },
    endedAt: at('09:00:01.000'),
  });
}

function paymentOf(
  { currency, defaultBrand }: MessagesFor,
  direction: 'CRDT' | 'DBIT',
  state: PaymentState,
): Payment {
  return {
    id: paymentIds[direction],
    instruction: {
      direction,
      partnerId: 'example',
      partnerReference: referenceOf(direction),
      playerId: playerOf(direction),
      brand: defaultBrand,
      amount: tenOf(currency),
      method: 'BANK_TRANSFER',
      purpose: 'GAMB',
    },
    fingerprint: '',
    acceptedAt: at('09:00:00.500'),
    version: 2,
    state,
    openCases: [],
    returns: [],
  };
}

function referenceOf(direction: 'CRDT' | 'DBIT'): string {
  return direction === 'CRDT' ? 'example-deposit' : 'example-withdrawal';
}

/** Who withdraws has nothing. */
function playerOf(direction: 'CRDT' | 'DBIT'): string {
  return direction === 'CRDT' ? 'example-player' : 'example-player-without-funds';
}

/** Ten of the currency's own unit. */
export function tenOf(currency: string): Money {
  return { minor: 10n * 10n ** BigInt(minorDigits(currency) ?? 0), currency };
}

function result(version: SoapVersion, told: SoapResult): Buffer {
  const written = codec.writeResult(version, told, context);
  if ('refused' in written) throw new Error('an example that cannot be written');
  return written;
}

function fault(version: SoapVersion, refusal: Refusal): Buffer {
  return codec.writeFault(version, refusal, context.correlationId).body;
}
