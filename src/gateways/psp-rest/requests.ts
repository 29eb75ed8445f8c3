import type { Enquiry, Order, StatementAsked } from '../../payments/gateways.ts';
import { signRequest, type SigningKey } from '../../platform/request-signature.ts';
import type { Written } from '../exchange.ts';
import { type Exponents, minorUnitsFor } from '../minor-units.ts';
import { followHeaders, ourHeaders } from '../request-headers.ts';
import type { PspContract } from './contract.ts';

export interface RequestWriting {
  readonly contract: PspContract;
  /** The path that comes before the contract's own, without a slash at its end. */
  readonly basePath: string;
  readonly signingKey: SigningKey;
  readonly exponents: Exponents;
}

/** Writes requests by the contract. Undefined where it has no way to write one: then it must not leave. */
export interface RequestWriter {
  order(order: Order, at: Date): Written | undefined;
  /** Undefined where the order names no payment that it gives back. */
  refund(order: Order, at: Date): Written | undefined;
  question(enquiry: Enquiry, at: Date): Written | undefined;
  cancellation(enquiry: Enquiry, at: Date): Written | undefined;
  /** Undefined where the day or the currency is none. */
  settlement(asked: StatementAsked, at: Date): Written | undefined;
}

interface Draft {
  readonly method: Written['method'];
  /** Below the address of the contract. */
  readonly place: string;
  /** What is taken besides a problem; JSON unless it says otherwise. */
  readonly accept?: string;
  readonly idempotencyKey?: string;
  readonly document?: object;
}

export function requestWriter({ contract, basePath, signingKey, exponents }: RequestWriting): RequestWriter {
  function signed(
    { method, place, accept = 'application/json', idempotencyKey, document }: Draft,
    asked: Order | Enquiry | StatementAsked,
    at: Date,
  ): Written {
    const path = `${basePath}${place}`;
    const body = Buffer.from(document === undefined ? '' : JSON.stringify(document), 'utf8');
    const headers = {
      Accept: `${accept}, application/problem+json`,
      ...ourHeaders,
      ...(document !== undefined && { 'Content-Type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
      ...followHeaders(asked),
      ...signRequest({ method, path, idempotencyKey, body }, signingKey, { now: () => at }),
    };
    return { method, path, headers, body };
  }

  return {
    order(order, at) {
      const minorUnits = minorUnitsFor(order.amount, exponents);
      const document = minorUnits === undefined ? undefined : documentFor(order, minorUnits);
      if (!contract.order(document) || document === undefined) return undefined;
      return signed(
        { method: 'POST', place: '/payments', idempotencyKey: order.instrId, document },
        order,
        at,
      );
    },
    refund(order, at) {
      const { instrId, amount, endToEndId, uetr, remittanceInformation, refundOf } = order;
      const minorUnits = minorUnitsFor(amount, exponents);
      const told = { endToEndId, uetr, remittanceInformation };
      const document = present({
        instructionId: instrId,
        amount: { currency: amount.currency, minorUnits },
        ...told,
      });
      if (refundOf === undefined || !contract.instructionId(refundOf.instrId)) return undefined;
      if (minorUnits === undefined || !contract.refund(document)) return undefined;
      const place = `/payments/${refundOf.instrId}/refunds`;
      return signed({ method: 'POST', place, idempotencyKey: instrId, document }, order, at);
    },
    question(enquiry, at) {
      if (!contract.instructionId(enquiry.instrId)) return undefined;
      return signed({ method: 'GET', place: `/payments/${enquiry.instrId}` }, enquiry, at);
    },
    cancellation(enquiry, at) {
      const document = {};
      if (!contract.instructionId(enquiry.instrId) || !contract.cancellation(document)) return undefined;
      return signed({ method: 'POST', place: `/payments/${enquiry.instrId}/cancel`, document }, enquiry, at);
    },
    settlement(asked, at) {
      const place = settlementPlace(asked);
      if (place === undefined) return undefined;
      return signed({ method: 'GET', place, accept: 'text/csv' }, asked, at);
    },
  };
}

function settlementPlace({ day, currency }: StatementAsked): string | undefined {
  const isWritable = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(day) && /^[A-Z]{3}$/.test(currency);
  return isWritable ? `/settlements/${day}/${currency}` : undefined;
}

const directions = { CRDT: 'DEPOSIT', DBIT: 'PAYOUT' } as const;

/** `PaymentOrder` of the contract; a member without a value is none, since JSON leaves it out. */
function documentFor(order: Order, minorUnits: string): object {
  const { amount, direction, method, brand, purpose } = order;
  const party = order.counterparty === undefined ? {} : partyOf(order.counterparty);
  return present({
    instructionId: order.instrId,
    direction: directions[direction],
    amount: { currency: amount.currency, minorUnits },
    method,
    brand,
    endToEndId: order.endToEndId,
    uetr: order.uetr,
    paymentToken: order.paymentToken,
    party: Object.keys(party).length === 0 ? undefined : party,
    requestedExecutionDate: order.requestedExecutionDate,
    purpose,
    remittanceInformation: order.remittanceInformation,
    returnUrl: order.returnUrl,
  });
}

function partyOf({ name, iban, otherAccount, bic }: NonNullable<Order['counterparty']>): object {
  return present({ name, iban, otherAccount, bic });
}

function present(members: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
