import { readFile } from 'node:fs/promises';
import { defaultListenerLimits, mutualTlsListener, type TlsIdentity } from '../platform/tls.ts';
import { compileSchema } from '../platform/xml.ts';
import { bankAnswers, bankRefusal } from './bank-answers.ts';
import { commonModes } from './book.ts';
import type { Repertoire } from './faults.ts';
import { bankStatements } from './bank-statements.ts';
import { dayBooks, type DayBooksOptions } from './booked-days.ts';
import type { GatewayKind } from './gateway.ts';
import { statementModes } from './misstated.ts';

export interface BankOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly identity: TlsIdentity;
  /** The CA certificates (PEM) whose clients the bank lets in; nobody else gets through the handshake. */
  readonly clientAuthorities: readonly string[];
}

/** The path at which the bank answers. */
export const bankPath = '/bank/v1';
const schemaName = 'bank-gateway-v1.xsd';

export const bankRepertoire: Repertoire = {
  modes: { ...commonModes, ...statementModes },
  operations: ['submit', 'status', 'statement'],
};

/** The bank: SOAP by wsdl/bank-gateway-v1.wsdl over mutual TLS. `landed` is what others pay to our account there. */
export async function bankKind(
  { port, identity, clientAuthorities }: BankOptions,
  clock: { now(): Date },
  landed: NonNullable<DayBooksOptions['landed']>,
): Promise<GatewayKind> {
  const now = (): number => clock.now().getTime();
  const schemaFile = await readFile(new URL(`../../xsd/${schemaName}`, import.meta.url));
  const schema = compileSchema(new Map([[schemaName, schemaFile]]), schemaName);
  return {
    ...bankRepertoire,
    name: 'bank',
    referencePrefix: 'BK',
    port,
    tls: {
      ...mutualTlsListener(identity, clientAuthorities, defaultListenerLimits),
      rejectUnauthorized: true,
    },
    speak({ journal, book, faults }) {
      const books = dayBooks({ journal, book, now, feeOf: () => 0n, landed });
      return {
        admit: ({ url, method }) => (url !== bankPath ? 404 : method === 'POST' ? undefined : 405),
        refuse: bankRefusal,
        reply: bankAnswers({ book, faults, schema, statements: bankStatements(books, faults) }),
      };
    },
  };
}
