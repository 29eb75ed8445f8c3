import type { WebhookCall } from '../../payments/gateways.ts';
import { readSigningSecret, type SigningKey } from '../../platform/request-signature.ts';
import { readWebhookSecret } from '../../platform/standard-webhooks.ts';
import { gatewayOf } from '../calls.ts';
import { renewable } from '../connections.ts';
import type { CallLimits, GatewaySurroundings, OpenGateway, WholeSettings } from '../kind.ts';
import { readPspContract } from './contract.ts';
import { readNotice, readWebhook } from './events.ts';
import { exchange, poolsTo } from './exchange.ts';
import { readCancelReply, readRefundReply, readStatusReply, readSubmitReply } from './replies.ts';
import { requestWriter } from './requests.ts';
import { scrubPspTranscript } from './scrub.ts';
import type { PspSettings } from './settings.ts';
import { settlementFetcher } from './statement.ts';

/** A PSP that speaks openapi/psp-v1.json, with requests that we sign. Rejects where the contract on disk, the address or a key is wrong. */
export async function pspRest(
  settings: WholeSettings<PspSettings>,
  surroundings: GatewaySurroundings,
): Promise<OpenGateway> {
  const { name, exponents, limits } = settings;
  const url = new URL(settings.url);
  if (url.protocol !== 'https:') throw new Error(`${name}: a PSP is called over https only`);
  const contract = readPspContract();
  const write = requestWriter({
    contract,
    basePath: url.pathname.replace(/\/+$/, ''),
    signingKey: keyOf(settings),
    exponents,
  });
  const calls = renewable(settings.tls, poolsTo(url.origin, limits));
  const settlements = renewable(settings.tls, poolsTo(url.origin, settlementLimits(limits)));
  const reading = { contract, exponents };
  const secrets = webhookSecretsOf(settings);
  const toleranceSeconds = settings.webhookToleranceSeconds;
  return gatewayOf(settings, surroundings, {
    submit: {
      write: (order, at) => write.order(order, at),
      read: (reply) => readSubmitReply(reply, reading),
    },
    refund: {
      write: (order, at) => write.refund(order, at),
      read: (reply) => readRefundReply(reply, reading),
    },
    status: {
      write: (enquiry, at) => write.question(enquiry, at),
      read: (reply) => readStatusReply(reply, reading),
    },
    cancel: {
      write: (enquiry, at) => write.cancellation(enquiry, at),
      read: (reply) => readCancelReply(reply, reading),
    },
    statement: settlementFetcher({
      gateway: name,
      write,
      contract,
      limits,
      clock: surroundings.clock,
      exchange: (written, bounds) => exchange(settlements.current(), written, bounds),
    }),
    exchange: (written, bounds) => exchange(calls.current(), written, bounds),
    // Without a key nobody's word is believed; what was kept while there was one is still read.
    ...(secrets.length > 0 && {
      readWebhook: (call: WebhookCall) => readWebhook(call, { ...reading, secrets, toleranceSeconds }),
    }),
    readNotice: (text) => readNotice(text, reading),
    scrub: scrubPspTranscript,
    renew(tls) {
      calls.renew(tls);
      settlements.renew(tls);
    },
    async close() {
      await Promise.all([calls.close(), settlements.close()]);
    },
  });
}

/** Settlements have a connection of their own, whose answers may be longer. */
function settlementLimits(limits: CallLimits): CallLimits {
  const { statementBytesMax: replyBytesMax, statementTimeoutMs: totalTimeoutMs } = limits;
  return { ...limits, callsMax: 1, replyBytesMax, totalTimeoutMs };
}

function keyOf({
  name,
  signingKey: { id, secret: text },
}: Pick<PspSettings, 'name' | 'signingKey'>): SigningKey {
  const secret = readSigningSecret(text);
  if (secret === undefined) throw new Error(`${name}: there is no key to sign with`);
  return { id, secret };
}

function webhookSecretsOf({
  name,
  webhookSecrets,
}: Pick<PspSettings, 'name' | 'webhookSecrets'>): Uint8Array[] {
  return webhookSecrets.map((text) => {
    const secret = readWebhookSecret(text);
    if (secret === undefined) throw new Error(`${name}: a key of its webhooks is none`);
    return secret;
  });
}
