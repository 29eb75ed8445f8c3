import type { LedgerStore } from '../../payments/ledger-store.ts';
import { transactionStatus } from '../../payments/states.ts';
import type { RecordedBreak, StatementStore } from '../statement-store.ts';
import { corePaymentName } from './breaks.ts';

/** What lists of the core said otherwise of one payment, and where it stands now. */
export interface ExplainedCorePayment {
  readonly corePayment: string;
  readonly paymentId?: string;
  /** As the core was told it; absent where the ledger has no such payment. */
  readonly status?: string;
  readonly breaks: readonly RecordedBreak[];
}

interface Explaining {
  readonly ledger: Pick<LedgerStore, 'paymentById' | 'paymentByReference'>;
  readonly statements: Pick<StatementStore, 'breaks'>;
}

const breaksMax = 200;
const coreName = /^([a-z0-9][a-z0-9-]{0,34})\/([A-Za-z0-9._-]{1,36})$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** By `PARTNER/REFERENCE`, as breaks name it, or by a payment's id. Undefined where no list differed. */
export async function explainCorePayment(
  { ledger, statements }: Explaining,
  name: string,
): Promise<ExplainedCorePayment | undefined> {
  const [, partnerId, reference] = coreName.exec(name) ?? [];
  const isNamed = partnerId !== undefined && reference !== undefined;
  if (!isNamed && !uuid.test(name)) return undefined;
  const payment = isNamed
    ? await ledger.paymentByReference(partnerId, reference)
    : await ledger.paymentById(name);
  const { instruction } = payment ?? {};
  const corePayment = instruction
    ? corePaymentName(instruction.partnerId, instruction.partnerReference)
    : name;
  const found = await statements.breaks({ about: [corePayment] }, { limit: breaksMax });
  const breaks = found.filter(({ between }) => between === 'ledgerAndCore');
  if (breaks.length === 0) return undefined;
  const told = payment && { paymentId: payment.id, status: transactionStatus(payment) };
  return { corePayment, ...told, breaks };
}
