import { readFile } from 'node:fs/promises';
import { defaultListenerLimits, mutualTlsListener, type TlsIdentity } from '../platform/tls.ts';
import { compileSchema } from '../platform/xml.ts';
import { bankAnswers, bankRefusal } from './bank-answers.ts';
import { commonModes } from './book.ts';
import type { Repertoire } from './faults.ts';
import type { GatewayKind } from './gateway.ts';

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
  modes: commonModes,
  operations: ['submit', 'status', 'statement'],
};

/** The bank: SOAP by wsdl/bank-gateway-v1.wsdl over mutual TLS. */
export async function bankKind({ port, identity, clientAuthorities }: BankOptions): Promise<GatewayKind> {
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
    speak: ({ book, faults }) => ({
      admit: ({ url, method }) => (url !== bankPath ? 404 : method === 'POST' ? undefined : 405),
      refuse: bankRefusal,
      reply: bankAnswers({ book, faults, schema }),
    }),
  };
}
