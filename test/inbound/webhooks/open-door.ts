/** The public door as tests need it: a PSP's own signatures, real payments over a real ledger, a real socket with TLS. */
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import type { PublicDoorEvents } from '../../../src/inbound/webhooks/door-events.ts';
import type { PublicDoorParts } from '../../../src/inbound/webhooks/door.ts';
import type { PublicDoorLimits } from '../../../src/inbound/webhooks/limits.ts';
import { openPublicDoor } from '../../../src/inbound/webhooks/listener.ts';
import type { Gateway } from '../../../src/payments/gateways.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { createIds } from '../../../src/platform/ids.ts';
import { pspTo } from '../../gateways/psp-calls.ts';
import { scriptedGateway } from '../../support/gateway.ts';
import type { Callers } from '../../support/tls-callers.ts';
import { openWorld } from '../../support/world.ts';

const shipped = JSON.parse(
  readFileSync(new URL('../../../config/default.json', import.meta.url), 'utf8'),
) as { limits: { publicDoor: PublicDoorLimits } };

export const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface Posting {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
}

export async function openWebhookDoor(
  t: TestContext,
  callers: Callers,
  changes: { limits?: Partial<PublicDoorLimits>; payments?: PublicDoorParts['payments'] } = {},
) {
  const psp = await pspTo(t, 'https://127.0.0.1:1/psp/v1', { webhookSecrets: [secret] });
  // A gateway that sends no webhooks, beside it.
  const { payments, ledger } = await openWorld(t, { gateways: [psp, scriptedGateway()] });
  const told: { event: keyof PublicDoorEvents; about: Record<string, unknown> }[] = [];
  const tell = (event: keyof PublicDoorEvents) => (about: object) =>
    void told.push({ event, about: { ...about } });
  const door = openPublicDoor(
    {
      gateways: new Map<string, Gateway>([
        ['psp', psp],
        ['bank', scriptedGateway()],
      ]),
      payments: changes.payments ?? payments,
      answerWithin: (work) => work,
      clock: systemClock,
      ids: createIds({ clock: systemClock }),
      events: {
        received: tell('received'),
        refused: tell('refused'),
        failed: tell('failed'),
        ledgerFailed: tell('ledgerFailed'),
        handshakeFailed: tell('handshakeFailed'),
        connectionDropped: () => void told.push({ event: 'connectionDropped', about: {} }),
      },
      limits: { ...shipped.limits.publicDoor, ...changes.limits },
    },
    callers.server,
  );
  const port = await door.listen('127.0.0.1', 0);
  t.after(() => door.close(0));
  return {
    port,
    told,
    payments,
    ledger,
    post: async ({ path = '/webhook/payment/psp', method = 'POST', headers = {}, body }: Posting) => {
      const tls = { ca: callers.acmeCa.certificate, servername: 'localhost' };
      const request = https.request({ host: '127.0.0.1', port, path, method, headers, agent: false, ...tls });
      request.end(body);
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      request.on('error', () => {});
      return { status: response.statusCode, headers: response.headers, body: await text(response) };
    },
  };
}
