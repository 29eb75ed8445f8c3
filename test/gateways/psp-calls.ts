import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { pspRest } from '../../src/gateways/psp-rest/gateway.ts';
import type { PspSettings } from '../../src/gateways/psp-rest/settings.ts';
import type { OpenGateway } from '../../src/gateways/kind.ts';
import {
  certificates,
  type Ending,
  type GatewayChange,
  type Received,
  type Script,
  scriptedServer,
  type ScriptedServer,
  settingsTo,
  systemTime,
} from './calls.ts';

/** The key of the tests' own PSP; a sandbox has another one. */
export const signingKey = { id: 'test-1', secret: Buffer.alloc(32, 'S').toString('base64') };

export interface PspChange extends GatewayChange {
  readonly signingKey?: PspSettings['signingKey'];
  readonly exponents?: PspSettings['exponents'];
  readonly webhookSecrets?: PspSettings['webhookSecrets'];
}

/** A gateway to `url` that ends with the test. */
export async function pspTo(t: Ending, url: string, change: PspChange = {}): Promise<OpenGateway> {
  const { clock = systemTime, surroundings, exponents = {} } = change;
  const settings = await settingsTo(url, change);
  const own = {
    name: 'psp',
    kind: 'pspRest',
    signingKey: change.signingKey ?? signingKey,
    exponents,
    webhookSecrets: change.webhookSecrets ?? [],
    webhookToleranceSeconds: 300,
  };
  const gateway = await pspRest({ ...settings, ...own }, { clock, ...surroundings });
  t.after(() => gateway.close());
  return gateway;
}

export type ScriptedPsp = ScriptedServer & { readonly url: string };

/** A PSP that says exactly what the test tells it to. */
export async function scriptedPsp(t: Ending, answer: Script): Promise<ScriptedPsp> {
  const { psp } = await certificates();
  const scripted = await scriptedServer(t, { key: psp.key, cert: psp.certificate }, answer);
  return { ...scripted, url: `${scripted.origin}/psp/v1` };
}

export interface Said {
  readonly status?: number;
  readonly type?: string;
}

/** Says this, as a PSP says its replies. */
export function say(
  response: ServerResponse,
  body: object | string | Buffer,
  { status = 200, type = status < 400 ? 'application/json' : 'application/problem+json' }: Said = {},
): void {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': type }).end(bytes);
}

/** A payment as the PSP tells it: settled, 10.10 EUR, unless told otherwise. */
export function payment(instructionId: string, members: object = {}): object {
  return {
    instructionId,
    pspReference: 'PSP-7',
    status: 'SETTLED',
    amount: { currency: 'EUR', minorUnits: '1010' },
    updatedAt: '2026-11-22T10:00:00Z',
    ...members,
  };
}

/** The id that a request speaks of. */
export function idOf({ path, body }: Pick<Received, 'path' | 'body'>): string {
  const inPath = /\/payments\/([^/]+)/.exec(path)?.[1];
  return inPath ?? (JSON.parse(body) as { instructionId: string }).instructionId;
}

/** Takes every instruction on and settles it. */
export const settle: Script = (response, received) => say(response, payment(idOf(received)), { status: 201 });

/** A reply as a golden file holds it: status, headers, an empty line, body. */
export async function goldenReply(name: string) {
  const text = await readFile(`test/gateways/golden/${name}.reply.txt`, 'utf8');
  const [head = '', body = ''] = text.split('\n\n', 2);
  const [status, ...headers] = head.split('\n');
  const contentType = headers.find((line) => line.startsWith('content-type: '))?.slice(14);
  return {
    status: Number(status),
    ...(contentType !== undefined && { contentType }),
    body: Buffer.from(body.trimEnd()),
  };
}
