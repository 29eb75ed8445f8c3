/**
 * One instruction that a gateway took and decided, as it stands in the journal. Names and accounts are not kept: the
 * digest of the content tells a repeat from a clash. `final` holds from `finalAt` on; before it the instruction is pending.
 */
export interface Instruction {
  readonly instructionId: string;
  readonly contentDigest: string;
  readonly endToEndId?: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string;
  readonly at: string;
  readonly final: Final;
  readonly finalAt: string;
  /** While it is pending, the payer is asked to act. */
  readonly asksPayer?: true;
  /** The instruction whose money this one gives back. */
  readonly refundOf?: string;
}

/** How an instruction ends. `rejected`: it was never taken on; `cancelled`: it was taken back before it was final. */
export type Final =
  | { readonly status: 'settled' }
  | { readonly status: 'declined' | 'rejected' | 'cancelled'; readonly reasonCode: string };

/** The end of an instruction, and from which instant on it holds. */
export type End = Pick<Instruction, 'final' | 'finalAt'>;
