import type { Counterparty, Direction } from '../statement.ts';
import { at, proseOf, saidAny, textAt } from './element.ts';
import type { Element } from './element.ts';

export type Side = 'Dbtr' | 'Cdtr';

/** An IBAN, or whatever else the bank knows the account by. */
export function readAccount(account: Element | undefined): {
  iban: string | undefined;
  other: string | undefined;
} {
  const id = at(account, 'Id');
  const other =
    textAt(id, 'Othr', 'Id') ?? textAt(id, 'BBAN') ?? textAt(id, 'UPIC') ?? textAt(id, 'PrtryAcct', 'Id');
  return { iban: textAt(id, 'IBAN')?.replace(/\s/g, ''), other };
}

/** `BICFI` since version 3, `BIC` before; within a combined identification in version 1. */
export function readBic(agent: Element | undefined): string | undefined {
  const id = at(agent, 'FinInstnId');
  return textAt(id, 'BICFI') ?? textAt(id, 'BIC') ?? textAt(id, 'CmbndId', 'BIC');
}

/** A party stands under its side directly, since version 8 under `Pty`, or is a bank under `Agt`. */
export function readParty(transaction: Element, side: Side): Counterparty | undefined {
  const parties = at(transaction, 'RltdPties');
  const party = at(parties, side);
  const account = readAccount(at(parties, `${side}Acct`));
  return saidAny<Counterparty>({
    name: proseOf(at(party, 'Nm') ?? at(party, 'Pty', 'Nm') ?? at(party, 'Agt', 'FinInstnId', 'Nm')),
    account: account.iban ?? account.other,
    agentBic: readBic(at(transaction, 'RltdAgts', `${side}Agt`)) ?? readBic(at(party, 'Agt')),
  });
}

interface Sides {
  readonly debtor: Counterparty | undefined;
  readonly creditor: Counterparty | undefined;
  readonly direction: Direction;
  readonly reversal: boolean;
  readonly ownAccount: string | undefined;
}

/**
 * The other side seen from the account: who paid a credit, who was paid by a debit. A reversal may still name the parties
 * of what it takes back, and then they stand the other way round: our own account on that side, or nobody on it, shows it.
 */
export function counterpartyOf({
  debtor,
  creditor,
  direction,
  reversal,
  ownAccount,
}: Sides): Counterparty | undefined {
  const [likely, otherwise] = direction === 'CRDT' ? [debtor, creditor] : [creditor, debtor];
  const isOurs = (side: Counterparty | undefined) =>
    side?.account !== undefined && side.account === ownAccount;
  if (isOurs(likely) && otherwise !== undefined && !isOurs(otherwise)) return otherwise;
  if (likely === undefined && reversal && !isOurs(otherwise)) return otherwise;
  return likely;
}
