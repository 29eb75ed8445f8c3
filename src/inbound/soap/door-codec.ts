import type { PaymentRequest } from '../../payments/instruction.ts';
import type { Payment } from '../../payments/payment.ts';
import type { PaymentIdentifier, PaymentStatus } from '../../payments/payments.ts';
import type { Refusal } from '../../payments/refusals.ts';
import type { CallContext } from '../../payments/world.ts';
import type { SoapMediaType } from '../../platform/soap-media.ts';
import type { SoapVersion } from '../../platform/soap.ts';

/** What HTTP says of a SOAP message beside its body. */
export interface SoapTransport {
  readonly media: SoapMediaType;
  /** The SOAPAction header as it came, quotes and all; undefined where there is none. */
  readonly soapAction?: string;
}

/** A request of the contract, in the use cases' words. */
export type SoapMessage =
  | { readonly operation: 'deposit' | 'withdrawal'; readonly request: PaymentRequest }
  | { readonly operation: 'status'; readonly identifier: PaymentIdentifier };

export type SoapResult =
  | { readonly operation: 'deposit' | 'withdrawal'; readonly payment: Payment }
  | { readonly operation: 'status'; readonly status: PaymentStatus };

/** The contract as the door needs it: bytes to a message, results and refusals to bytes. */
export interface SoapCodec {
  readMessage(body: Buffer, transport: SoapTransport): SoapMessage | Refusal;
  /** Validated before it leaves; a result that the contract does not allow is a refusal, and an alarm elsewhere. */
  writeResult(version: SoapVersion, result: SoapResult, context?: CallContext): Buffer | Refusal;
  writeFault(version: SoapVersion, refusal: Refusal, correlationId: string): { status: number; body: Buffer };
}
