import { readJsonFile } from '../../platform/json.ts';
import { compileOpenApiSchemas } from '../../platform/json-schema.ts';

/** Whether a document is what openapi/psp-v1.json calls so. */
export type IsOfContract<Document = unknown> = (document: unknown) => document is Document;

/** The parts of openapi/psp-v1.json that are checked, on the way out and on the way in. */
const parts = {
  order: 'PaymentOrder',
  refund: 'RefundOrder',
  cancellation: 'Cancellation',
  instructionId: 'InstructionId',
  payment: 'Payment',
  rejection: 'Rejection',
  problem: 'Problem',
  event: 'Event',
} as const;

export type PspContract = Readonly<Record<keyof typeof parts, IsOfContract>> & {
  readonly payment: IsOfContract<PaymentDocument>;
  readonly rejection: IsOfContract<RejectionDocument>;
  readonly problem: IsOfContract<ProblemDocument>;
  readonly event: IsOfContract<EventDocument>;
};

interface Amount {
  readonly currency: string;
  readonly minorUnits: string;
}

/** `Payment` of the contract. */
export interface PaymentDocument {
  readonly instructionId: string;
  readonly pspReference: string;
  readonly status: string;
  readonly amount: Amount;
  readonly reasonCode?: string;
  readonly settledAt?: string;
  readonly bookingDate?: string;
  readonly valueDate?: string;
  readonly updatedAt: string;
  readonly fees?: readonly { readonly kind: string; readonly amount: Amount }[];
  readonly nextAction?: { readonly redirectUrl: string; readonly expiresAt?: string };
}

/** `Rejection` of the contract. */
export type RejectionDocument = Pick<PaymentDocument, 'instructionId' | 'amount'> & {
  readonly code: 'REJECTED';
  readonly reasonCode: string;
};

/** `Problem` of the contract. */
interface ProblemDocument {
  readonly code: string;
}

/** `Event` of the contract: its data is a `Payment` or a `Return` by its type, and anything where the type is not known. */
export interface EventDocument {
  readonly type: string;
  readonly timestamp: string;
  readonly data: unknown;
}

/** `Return` of the contract. */
export interface ReturnDocument {
  readonly instructionId: string;
  readonly pspReference: string;
  readonly returnReference?: string;
  readonly amount: Amount;
  readonly reasonCode: string;
  readonly bookedAt: string;
}

const file = new URL('../../../openapi/psp-v1.json', import.meta.url);

/** Reads the contract and compiles its schemas once; throws where it is not there. */
export function readPspContract(): PspContract {
  const document = readJsonFile(file, 'openapi/psp-v1.json');
  const schemas = compileOpenApiSchemas(document, Object.values(parts), { violationsMax: 1 });
  const checks = Object.entries(parts).map(([part, name]) => {
    const violations = schemas[name];
    return [part, (value: unknown) => violations(value).length === 0] as const;
  });
  return Object.fromEntries(checks) as unknown as PspContract;
}
