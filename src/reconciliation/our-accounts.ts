import type { IsoDate } from './statements/statement.ts';

/** An account of ours that statements come for, by the configuration: one at a bank, or one that a gateway reports on. */
export interface OurAccount {
  /** The name in the ledger: `bank:NAME`. */
  readonly name: string;
  /** `accountKeyOf` of what statements call it. */
  readonly key: string;
  readonly currency: string;
  readonly brand: string;
  /** At a bank: the gateways whose money lands here. */
  readonly gateways: readonly string[];
  /** Not at a bank: the gateway whose settlement report this is. */
  readonly reportOf?: string;
  /** The gateway that is asked for its statements, day by day. */
  readonly fetchFrom?: string;
  /** Days without statements besides Saturdays and Sundays. */
  readonly holidays: readonly IsoDate[];
}
