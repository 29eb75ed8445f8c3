import type { Proof, SignedBalance, StatementFacts } from '../statement-store.ts';
import type { Balance, Charge, Entry, StatementHeader, StatementPart } from '../statements/statement.ts';
import { proofOf } from './proof.ts';

/** What the parts of one statement come to. Only what is booked counts; pending and information lines are left. */
export interface Figures extends Pick<
  StatementFacts,
  | 'currency'
  | 'opening'
  | 'closing'
  | 'creditMinor'
  | 'debitMinor'
  | 'feesMinor'
  | 'entries'
  | 'payouts'
  | 'badRows'
> {
  readonly proof: Proof;
  /** Lines that are not booked. */
  readonly notBooked: number;
}

/** Counts a statement as it is read; nothing of it is kept but sums and balances. */
export function countFigures(header: StatementHeader) {
  let currency = header.account.currency;
  let isMixed = false;
  const balances: Balance[] = [];
  const counts = { entries: 0, payouts: 0, badRows: 0, notBooked: 0 };
  const sums = { creditMinor: 0n, debitMinor: 0n, feesMinor: 0n };
  const isSettlement = header.kind === 'settlement';

  function addEntry(entry: Entry): void {
    if (entry.status !== 'booked') {
      counts.notBooked += 1;
      return;
    }
    currency ??= entry.amount.currency;
    counts.entries += 1;
    if (entry.kind === 'payout') counts.payouts += 1;
    if (entry.amount.currency !== currency) {
      isMixed = true;
      return;
    }
    if (entry.direction === 'CRDT') sums.creditMinor += entry.amount.minor;
    else sums.debitMinor += entry.amount.minor;
    sums.feesMinor += feesOf(entry, currency, isSettlement);
  }

  return {
    add(part: StatementPart): void {
      if (part.part === 'entry') addEntry(part.entry);
      if (part.part === 'remark' && part.remark.level === 'badRow') counts.badRows += 1;
      if (part.part !== 'balance' || balances.length >= balancesMax) return;
      currency ??= part.balance.amount.currency;
      balances.push(part.balance);
    },

    figures(): Figures {
      const { opening, closing } = openingAndClosing(balances, currency);
      const told = { ...(opening && { opening }), ...(closing && { closing }) };
      // A gateway's line says gross and fee; a bank books its charge by a line of its own, or has it in the amount.
      const keptMinor = isSettlement ? sums.feesMinor : 0n;
      const proof = proofOf({ kind: header.kind, isMixed, keptMinor, ...told, ...sums });
      return { ...(currency !== undefined && { currency }), ...told, ...sums, ...counts, proof };
    },
  };
}

/** A statement has a handful; what a file has beyond these proves nothing. */
const balancesMax = 1_000;

/**
 * What the line says was charged, or where only its transactions say it, they. Of a settlement only what was kept beside its
 * amounts: what is in them already would count twice.
 */
function feesOf({ charges, details }: Entry, currency: string, isSettlement: boolean): bigint {
  const told = charges ?? details.flatMap((detail) => detail.charges ?? []);
  const ours = told.filter(({ amount }) => amount.currency === currency);
  return sumOf(isSettlement ? ours.filter(({ included }) => included !== true) : ours);
}

function sumOf(charges: readonly Charge[]): bigint {
  return charges.reduce((sum, charge) => sum + taken(charge), 0n);
}

function taken({ amount, direction }: Charge): bigint {
  return direction === 'DBIT' ? amount.minor : -amount.minor;
}

/**
 * Opening booked, else previously closed; closing booked. On a page the interim balances stand for what is missing: the one
 * before the entries for the opening, the one after them for the closing.
 */
function openingAndClosing(
  balances: readonly Balance[],
  currency: string | undefined,
): { opening?: SignedBalance; closing?: SignedBalance } {
  const ours = balances.filter(({ amount }) => amount.currency === currency);
  const first = (type: string) => ours.find((balance) => balance.type === type);
  const interim = ours.filter(({ type }) => type === 'ITBD');
  const closed = first('CLBD');
  const opened =
    first('OPBD') ??
    first('PRCD') ??
    (closed !== undefined || interim.length > 1 ? interim.shift() : undefined);
  const last = closed ?? interim.at(-1);
  return { ...(opened && { opening: signed(opened) }), ...(last && { closing: signed(last) }) };
}

function signed({ amount, direction, on }: Balance): SignedBalance {
  const minor = direction === 'CRDT' ? amount.minor : -amount.minor;
  return { minor, ...(on !== undefined && { on }) };
}
