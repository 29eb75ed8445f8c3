import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compileSchema } from '../../platform/xml.ts';
import { gatewayOf } from '../calls.ts';
import { renewable } from '../connections.ts';
import type { GatewaySurroundings, OpenGateway, WholeSettings } from '../kind.ts';
import { agentsWithin } from './agents.ts';
import { exchange } from './exchange.ts';
import { readStatusReply, readSubmitReply, type ReplyContract } from './replies.ts';
import { requestWriter } from './requests.ts';
import { scrubBankTranscript } from './scrub.ts';
import { segmentReplyBytesMax, statementFetcher } from './statement.ts';

const wsdlFile = fileURLToPath(new URL('../../../wsdl/bank-gateway-v1.wsdl', import.meta.url));
const schemaName = 'bank-gateway-v1.xsd';

/** A bank that speaks wsdl/bank-gateway-v1.wsdl over mutual TLS. Rejects where the contract on disk or the address is wrong. */
export async function bankSoap(
  settings: WholeSettings,
  surroundings: GatewaySurroundings,
): Promise<OpenGateway> {
  const { name, tls, limits } = settings;
  const url = new URL(settings.url);
  if (url.protocol !== 'https:') throw new Error(`${name}: a bank is called over https only`);
  const schemaFile = await readFile(new URL(`../../../xsd/${schemaName}`, import.meta.url));
  const schema = compileSchema(new Map([[schemaName, schemaFile]]), schemaName);
  const contract: ReplyContract = {
    schema,
    limits: { bytesMax: limits.replyBytesMax, depthMax: 32, nodesMax: 2_000 },
  };
  const write = await requestWriter(wsdlFile, schema, url.pathname);
  const connections = renewable(tls, agentsWithin(limits));
  return gatewayOf(settings, surroundings, {
    submit: {
      write: (order, at) => write.instruction(order, at),
      read: (reply) => readSubmitReply(reply, contract),
    },
    status: {
      write: (enquiry) => write.enquiry(enquiry),
      read: (reply, { instrId }) => readStatusReply(reply, contract, instrId),
    },
    statement: statementFetcher({
      gateway: name,
      write,
      schema,
      limits,
      exchange: (written, bounds) =>
        exchange(written, { url, agent: connections.current(), replyBytesMax: segmentReplyBytesMax }, bounds),
    }),
    exchange: (written, bounds) =>
      exchange(written, { url, agent: connections.current(), replyBytesMax: limits.replyBytesMax }, bounds),
    scrub: scrubBankTranscript,
    renew: (next) => connections.renew(next),
    close: () => connections.close(),
  });
}
