import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { fileURLToPath } from 'node:url';
import type { Answer, Gateway, GatewayCapabilities } from '../payments/gateways.ts';
import type { Clock } from '../payments/ports.ts';
import { clientTls, type TlsIdentity } from '../platform/tls.ts';
import { compileSchema } from '../platform/xml.ts';
import { exchange, type Exchange } from './bank-soap/exchange.ts';
import { readStatusReply, readSubmitReply, type ReplyContract } from './bank-soap/replies.ts';
import { requestWriter, type Written } from './bank-soap/requests.ts';
import { scrubBankTranscript } from './bank-soap/scrub.ts';
import { bulkhead } from './bulkhead.ts';

export interface BankSoapLimits {
  /** From the start of a call until its connection stands, the wait for a free one included. */
  readonly connectTimeoutMs: number;
  /** From the start of a call until the last byte of the reply. */
  readonly totalTimeoutMs: number;
  /** A kept connection that lies idle longer is closed by us, so that we do not write into one that the bank is closing. */
  readonly idleTimeoutMs: number;
  readonly replyBytesMax: number;
  /** Calls at once, at most half of them questions; above it an instruction is `neverSent`, a question unanswered. */
  readonly callsMax: number;
}

export const defaultBankSoapLimits: BankSoapLimits = {
  connectTimeoutMs: 3_000,
  totalTimeoutMs: 20_000,
  idleTimeoutMs: 4_000,
  replyBytesMax: 65_536,
  callsMax: 64,
};

export interface BankSoapOptions {
  /** The gateway's name in routes, ledger and log. */
  readonly name: string;
  /** Where the bank answers; https only. */
  readonly url: string;
  readonly tls: {
    /** Our client certificate and its key. */
    readonly identity: TlsIdentity;
    /** Who may have issued the bank's certificate (PEM). */
    readonly authorities: readonly string[];
    readonly servername?: string;
  };
  readonly capabilities: GatewayCapabilities;
  readonly clock: Pick<Clock, 'now'>;
  readonly limits?: Partial<BankSoapLimits>;
}

const wsdlFile = fileURLToPath(new URL('../../wsdl/bank-gateway-v1.wsdl', import.meta.url));
const schemaName = 'bank-gateway-v1.xsd';

/**
 * A bank that speaks wsdl/bank-gateway-v1.wsdl over mutual TLS. It never retries: what may have left is only asked about. An order
 * whose `sendBefore` has passed when the connection stands is `neverSent`. Throws where the contract on disk or the address is wrong;
 * the gateway's own promises never reject.
 */
export async function bankSoap(options: BankSoapOptions): Promise<Gateway> {
  const limits = { ...defaultBankSoapLimits, ...options.limits };
  const url = new URL(options.url);
  if (url.protocol !== 'https:') throw new Error(`${options.name}: a bank is called over https only`);
  const schemaFile = await readFile(new URL(`../../xsd/${schemaName}`, import.meta.url));
  const schema = compileSchema(new Map([[schemaName, schemaFile]]), schemaName);
  const contract: ReplyContract = {
    schema,
    limits: { bytesMax: limits.replyBytesMax, depthMax: 32, nodesMax: 2_000 },
  };
  const write = await requestWriter(wsdlFile, schema);
  const agent = new Agent({
    ...clientTls(options.tls),
    keepAlive: true,
    maxSockets: limits.callsMax,
    maxFreeSockets: limits.callsMax,
    timeout: limits.idleTimeoutMs,
  });
  const calls = bulkhead(limits.callsMax);
  // Whoever asks, and the recovery after a start asks much, leaves the other half to instructions.
  const questions = bulkhead(Math.max(1, Math.floor(limits.callsMax / 2)));
  const bounds = { ...limits, agent, answerBytesMax: limits.replyBytesMax };

  async function call(written: Written | undefined, isTooLate: () => boolean): Promise<Exchange> {
    if (written === undefined) return { kind: 'neverSent', cause: 'notWritable' };
    const exchanged = await calls.run(() => exchange({ ...written, url, isTooLate }, bounds));
    return exchanged === 'busy' ? { kind: 'neverSent', cause: 'gatewayBusy' } : exchanged;
  }

  return {
    name: options.name,
    capabilities: options.capabilities,
    totalTimeoutMs: limits.totalTimeoutMs,
    async submit(order) {
      const written = orNothing(() => write.instruction(order, options.clock.now()));
      const exchanged = await call(written, () => options.clock.now() >= order.sendBefore);
      if (exchanged.kind !== 'answered') return exchanged;
      return orNothing(() => readSubmitReply(exchanged, contract)) ?? unreadable;
    },
    async status(enquiry) {
      const written = orNothing(() => write.enquiry(enquiry));
      const exchanged = await questions.run(() => call(written, () => false));
      // That the question was never sent says nothing about the payment that it asks about.
      if (exchanged === 'busy' || exchanged.kind === 'neverSent')
        return { kind: 'unknown', cause: 'connectionLost' };
      if (exchanged.kind === 'unknown') return exchanged;
      return orNothing(() => readStatusReply(exchanged, contract, enquiry.instrId)) ?? unreadable;
    },
    scrub: scrubBankTranscript,
    async close() {
      await calls.close();
      agent.destroy();
    },
  };
}

const unreadable: Answer = { kind: 'unknown', cause: 'invalidReply' };

/** Money may be under way, so not even a bug or a broken XML engine may take the answer away from who waits for it. */
function orNothing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch {
    return undefined;
  }
}
