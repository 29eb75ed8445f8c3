import type { SigningKey } from '../platform/request-signature.ts';
import { defaultListenerLimits, tlsListener, type TlsIdentity } from '../platform/tls.ts';
import { commonModes } from './book.ts';
import type { Repertoire } from './faults.ts';
import type { GatewayKind } from './gateway.ts';
import { statementModes } from './misstated.ts';
import { pspAnswers, pspRefusal } from './psp-answers.ts';
import { pspEvents, webhookModes } from './psp-events.ts';
import { pspReader } from './psp-requests.ts';
import { pspBooks } from './psp-settlement.ts';
import { returnMaker } from './returns.ts';
import { webhookPoster, type WebhookTarget } from './webhook-post.ts';
import { createWebhooks, noWebhooks } from './webhooks.ts';

export interface PspOptions {
  /** 0 picks a free one. */
  readonly port: number;
  readonly identity: TlsIdentity;
  /** Those who may sign requests: two while one key follows the other. */
  readonly signingKeys: readonly SigningKey[];
  /** Without it no webhook is sent. */
  readonly webhook?: WebhookTarget;
}

export const pspRepertoire: Repertoire = {
  modes: { ...commonModes, ...webhookModes, ...statementModes },
  operations: ['submit', 'status', 'cancel', 'refund', 'statement'],
};

/** The PSP: REST by openapi/psp-v1.json over TLS, requests signed by HMAC, and webhooks of its own. */
export function pspKind(
  { port, identity, signingKeys, webhook }: PspOptions,
  clock: { now(): Date },
): GatewayKind {
  const reader = pspReader();
  return {
    ...pspRepertoire,
    name: 'psp',
    referencePrefix: 'PSP',
    port,
    tls: tlsListener(identity, defaultListenerLimits),
    speak({ journal, faults, book }) {
      const webhooks = webhook === undefined ? noWebhooks : createWebhooks(webhookPoster(webhook), clock);
      const now = (): number => clock.now().getTime();
      const events = pspEvents({ journal, book, faults, now, webhooks });
      const returns = returnMaker(journal, book, now);
      const books = pspBooks({ journal, book, now });
      const signing = { keys: signingKeys, clock };
      return {
        admit: (request) => reader.admit(request),
        refuse: pspRefusal,
        reply: pspAnswers({ book, faults, events, reader, books, signing }),
        books,
        webhooks: () => webhooks.deliveries(),
        async giveBack(order) {
          const made = await returns.make(order);
          if (!('refused' in made)) events.returned(made);
          return made;
        },
        close: () => events.close(),
      };
    },
  };
}
