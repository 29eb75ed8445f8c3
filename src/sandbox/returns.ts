import type { Book } from './book.ts';
import { type Return, type ReturnKind, returnKinds, takenBack } from './given-back.ts';
import type { Journal } from './journal.ts';

/** An order to let money come back, as it was read from the control port. */
export interface ReturnOrder {
  readonly gateway: string;
  readonly instructionId: string;
  readonly kind: ReturnKind;
  readonly amountMinor: bigint;
  readonly reference?: string;
  readonly reason: string;
}

const members = ['gateway', 'instructionId', 'kind', 'amountMinor', 'reference', 'reason'];
const amount = /^[1-9][0-9]{0,17}$/;
const name = /^[A-Za-z0-9._-]{1,35}$/;
const reason = /^[A-Z0-9]{1,4}$/;

/**
 * Reads the body of `POST /sandbox/returns`. Refused with a sentence: anything that is not an object of the known members,
 * a gateway that lets nothing come back, values outside their form.
 */
export function readReturn(
  body: unknown,
  gateways: readonly string[],
): ReturnOrder | { readonly refused: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { refused: 'the body is one JSON object' };
  const order = body as Record<string, unknown>;
  const stranger = Object.keys(order).find((member) => !members.includes(member));
  if (stranger !== undefined) return { refused: `"${stranger}" is not known: ${members.join(', ')}` };
  const gateway = gateways.find((one) => one === order['gateway']);
  const kind = returnKinds.find((one) => one === order['kind']);
  const { instructionId, amountMinor, reference } = order;
  if (gateway === undefined) return { refused: `gateway is one of: ${gateways.join(', ')}` };
  if (kind === undefined) return { refused: `kind is one of: ${returnKinds.join(', ')}` };
  if (!isText(instructionId, name)) return { refused: 'instructionId is the id of an instruction' };
  if (!isText(amountMinor, amount)) return { refused: 'amountMinor is a whole number above 0, as text' };
  if (reference !== undefined && !isText(reference, name))
    return { refused: 'reference is 1 to 35 of A-Z, a-z, 0-9, full stop, low line and hyphen' };
  if (!isText(order['reason'], reason)) return { refused: 'reason is an ISO 20022 code, such as MD06' };
  return {
    gateway,
    instructionId,
    kind,
    amountMinor: BigInt(amountMinor),
    ...(reference !== undefined && { reference }),
    reason: order['reason'],
  };
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}

export interface ReturnMaker {
  /**
   * Lets money come back, durably, and answers it as it stands. The same reference with the same content is the same return.
   * Refused with a sentence: an instruction that is not known or has not settled, and more than there is.
   */
  make(order: ReturnOrder): Promise<Return | { readonly refused: string }>;
}

const returnsMax = 100_000;

export function returnMaker(journal: Journal, book: Pick<Book, 'statusOf'>, now: () => number): ReturnMaker {
  return {
    async make({ gateway: _gateway, ...order }) {
      const { instructionId, kind, amountMinor, reference } = order;
      const instruction = journal.find(instructionId);
      if (instruction === undefined) return { refused: 'no such instruction' };
      const before = journal.givenBack.returnsOf(instructionId);
      const same = before.find((made) => reference !== undefined && made.reference === reference);
      if (same !== undefined)
        return isSame(same, order) ? same : { refused: 'the reference is another return’s' };
      if (journal.givenBack.returns().length >= returnsMax)
        return { refused: `at most ${returnsMax} returns are kept` };
      if (book.statusOf(instruction) !== 'settled') return { refused: 'the instruction has not settled' };
      const back = takenBack(instructionId, journal.givenBack);
      const left = kind === 'chargebackReversal' ? chargedBack(before) : instruction.amountMinor - back;
      if (amountMinor > left) return { refused: `at most ${left} can come back` };
      const at = new Date(now()).toISOString();
      return journal.giveBack({ ...order, currency: instruction.currency, at });
    },
  };
}

function isSame(made: Return, { kind, amountMinor, reason: why }: Omit<ReturnOrder, 'gateway'>): boolean {
  return made.kind === kind && made.amountMinor === amountMinor && made.reason === why;
}

function chargedBack(returns: readonly Return[]): bigint {
  return returns.reduce((sum, { kind, amountMinor }) => {
    if (kind === 'return') return sum;
    return kind === 'chargeback' ? sum + amountMinor : sum - amountMinor;
  }, 0n);
}
