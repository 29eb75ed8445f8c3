import type { Instruction } from './instruction.ts';

/** How money comes back that nobody here instructed; `chargebackReversal` is won back. */
export const returnKinds = ['return', 'chargeback', 'chargebackReversal'] as const;
export type ReturnKind = (typeof returnKinds)[number];

/** Money of a settled instruction that came back, or was won back, as it stands in the journal. */
export interface Return {
  /** 1 for the first of all. */
  readonly number: number;
  readonly instructionId: string;
  readonly kind: ReturnKind;
  readonly amountMinor: bigint;
  readonly currency: string;
  /** The gateway's name for it; not every gateway gives one. */
  readonly reference?: string;
  readonly reason: string;
  readonly at: string;
}

/** What was given back of each instruction: refunds that were instructed, and returns. */
export interface GivenBack {
  addRefund(refund: Instruction): void;
  addReturn(made: Return): void;
  /** In the order in which they came. */
  refundsOf(instructionId: string): readonly Instruction[];
  returnsOf(instructionId: string): readonly Return[];
  returns(): readonly Return[];
}

export function createGivenBack(): GivenBack {
  const refunds = new Map<string, Instruction[]>();
  const byInstruction = new Map<string, Return[]>();
  const all: Return[] = [];
  return {
    addRefund(refund) {
      if (refund.refundOf !== undefined) add(refunds, refund.refundOf, refund);
    },
    addReturn(made) {
      add(byInstruction, made.instructionId, made);
      all.push(made);
    },
    refundsOf: (instructionId) => refunds.get(instructionId) ?? [],
    returnsOf: (instructionId) => byInstruction.get(instructionId) ?? [],
    returns: () => all,
  };
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** How much of an instruction is out again: refunds that settle or may, what came back, less what was won back. */
export function takenBack(
  instructionId: string,
  { refundsOf, returnsOf }: Pick<GivenBack, 'refundsOf' | 'returnsOf'>,
): bigint {
  const refunded = refundsOf(instructionId).reduce(
    (sum, { final, amountMinor }) => (final.status === 'settled' ? sum + amountMinor : sum),
    0n,
  );
  return returnsOf(instructionId).reduce(
    (sum, { kind, amountMinor }) => (kind === 'chargebackReversal' ? sum - amountMinor : sum + amountMinor),
    refunded,
  );
}
