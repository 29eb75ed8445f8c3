import { reconciliationFrom } from '../config/reconciliation.ts';
import { readSettings } from '../config/settings.ts';
import { bankProof } from '../reconciliation/matching/bank-proof.ts';
import type { Proof, RecordedStatement } from '../reconciliation/statement-store.ts';
import type { LedgerToRead } from '../store/open.ts';
import type { Terminal } from './command.ts';

/** A statement as it is listed; the newest of each account with what the ledger says to its closing balance. */
export interface StatementListed extends RecordedStatement {
  readonly ledger?: Proof;
}

const pageMax = 500;

/** The proofs of all accounts at banks, by their statements' ids. */
export async function ledgerProofs(
  terminal: Terminal,
  statements: LedgerToRead['statements'],
): Promise<ReadonlyMap<string, Proof>> {
  const { accounts } = reconciliationFrom(readSettings(terminal.env).reconciliation, (path) => path);
  const proofs = new Map<string, Proof>();
  for (const account of accounts.filter(({ reportOf }) => reportOf === undefined)) {
    const proof = await bankProof({ statements, pageMax }, account);
    if (proof === undefined) continue;
    const { differenceMinor, statement } = proof;
    proofs.set(
      statement.id,
      differenceMinor === 0n ? { kind: 'holds' } : { kind: 'differs', differenceMinor },
    );
  }
  return proofs;
}

export async function* withProofs(
  told: AsyncIterable<RecordedStatement>,
  proofs: ReadonlyMap<string, Proof>,
): AsyncGenerator<StatementListed> {
  for await (const statement of told) {
    const ledger = proofs.get(statement.id);
    yield { ...statement, ...(ledger && { ledger }) };
  }
}
