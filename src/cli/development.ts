/** What `npm start`, `npm run sandbox` and `npm run demo` have in common: certificates, a bank and a PSP for this machine alone. */
import { join } from 'node:path';
import { isDevelopment } from '../config/development.ts';
import { readLedgerConfig } from '../config.ts';
import { developmentSigningKeyId } from '../pki/development-secrets.ts';
import {
  type DevelopmentCertificates,
  developmentCertificates,
  developmentSecrets,
} from '../pki/development.ts';
import { systemClock } from '../platform/clock.ts';
import { readPort } from '../platform/hosts.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { type Environment, variable } from '../platform/references.ts';
import { bankPath } from '../sandbox/bank.ts';
import { pspPath } from '../sandbox/psp-requests.ts';
import { type Sandboxes, type SandboxesOptions, startSandboxes } from '../sandbox/sandboxes.ts';
import { UsageError } from './command.ts';
import type { SandboxValues } from './sandbox-options.ts';

const host = '127.0.0.1';
const usualPorts = { 'bank-port': 8453, 'psp-port': 8454, 'control-port': 8455 } as const;

export interface DevelopmentSandboxes {
  /** The ports that were bound. */
  readonly bank: number;
  readonly psp: number;
  readonly control: number;
  readonly bankUrl: string;
  readonly pspUrl: string;
  readonly controlUrl: string;
  close(): Promise<void>;
}

/** The sandboxes of which one gateway may stand elsewhere. */
export type SomeSandboxes = Partial<DevelopmentSandboxes> &
  Pick<DevelopmentSandboxes, 'control' | 'controlUrl' | 'close'>;

export function requireDevelopment(env: Environment): void {
  if (!isDevelopment(env)) {
    throw new UsageError('this is for development: run it by npm, or set CAGEBRIDGE_DEV=1');
  }
}

/** The certificates of this home, made where they are missing. */
export async function certificatesOf(env: Environment): Promise<DevelopmentCertificates> {
  return developmentCertificates(certificatesPath(env), { clock: systemClock });
}

/** Starts bank and PSP. Where the SOAP door picks a free port, so do they unless they are told otherwise. */
export async function startDevelopmentSandboxes(
  env: Environment,
  values: SandboxValues,
): Promise<DevelopmentSandboxes> {
  // Both were asked for, so both are there.
  return (await start(env, values, { bank: true, psp: true })) as DevelopmentSandboxes;
}

/** Starts those that the environment does not name another address for; undefined where none is missing. */
export async function startMissingSandboxes(
  env: Environment,
  values: SandboxValues,
): Promise<SomeSandboxes | undefined> {
  const bank = variable(env, 'CAGEBRIDGE_BANK_URL') === undefined;
  const psp = variable(env, 'CAGEBRIDGE_PSP_URL') === undefined;
  return bank || psp ? start(env, values, { bank, psp }) : undefined;
}

/** The PSP's webhooks come to the bridge that is being started, where its public door has a port that is known beforehand. */
export function webhooksHere(env: Environment): Pick<SandboxValues, 'webhook-url'> {
  const port = variable(env, 'CAGEBRIDGE_PUBLIC_PORT') ?? '8444';
  return port === '0' ? {} : { 'webhook-url': `https://localhost:${port}/webhook/payment/psp` };
}

/** Where the bridge finds them: what the configuration for development refers to. */
export function sandboxVariables({ bankUrl, pspUrl }: SomeSandboxes): Readonly<Record<string, string>> {
  return {
    ...(bankUrl !== undefined && { CAGEBRIDGE_BANK_URL: bankUrl }),
    ...(pspUrl !== undefined && { CAGEBRIDGE_PSP_URL: pspUrl }),
  };
}

/** The line for machines, as design 3 writes it. */
export function sandboxLine({ bank, psp, control }: SomeSandboxes): string {
  return JSON.stringify({ event: 'sandbox.listening', bank, psp, control });
}

async function start(
  env: Environment,
  values: SandboxValues,
  wanted: { readonly bank: boolean; readonly psp: boolean },
): Promise<SomeSandboxes> {
  const portFor = (name: keyof typeof usualPorts): number => {
    const text = values[name];
    if (text !== undefined) return portFrom(text, name);
    return env['CAGEBRIDGE_SOAP_PORT'] === '0' ? 0 : usualPorts[name];
  };
  const { bank, psp } = await gatewayOptions(env, values, portFor);
  const started = await orInItsWords(
    startSandboxes({
      host,
      home: readLedgerConfig(env).home,
      controlPort: portFor('control-port'),
      ...(wanted.bank && { bank }),
      ...(wanted.psp && { psp }),
    }),
  );
  return withUrls(started);
}

async function gatewayOptions(
  env: Environment,
  { 'webhook-url': url }: SandboxValues,
  portFor: (name: keyof typeof usualPorts) => number,
): Promise<Required<Pick<SandboxesOptions, 'bank' | 'psp'>>> {
  const { ca, ...identities } = await certificatesOf(env);
  const { pspSigning, pspWebhook } = await developmentSecrets(certificatesPath(env));
  const authorities = [ca.certificate];
  return {
    bank: { port: portFor('bank-port'), identity: identities.bank, clientAuthorities: authorities },
    psp: {
      port: portFor('psp-port'),
      identity: identities.psp,
      signingKeys: [{ id: developmentSigningKeyId, secret: Buffer.from(pspSigning, 'base64') }],
      ...(url !== undefined && { webhook: { url, secret: pspWebhook, authorities } }),
    },
  };
}

function withUrls(started: Sandboxes): SomeSandboxes {
  const { bank, psp, control } = started;
  return {
    ...started,
    controlUrl: `http://${host}:${control}`,
    ...(bank !== undefined && { bankUrl: `https://${host}:${bank}${bankPath}` }),
    ...(psp !== undefined && { pspUrl: `https://${host}:${psp}${pspPath}` }),
  };
}

/** The sandbox's own sentences may be shown: it knows nothing but this machine. What the system says has a code. */
async function orInItsWords<T>(starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Misconfigured || 'code' in error) throw error;
    throw new Misconfigured([`the sandbox does not start: ${error.message}`]);
  }
}

function certificatesPath(env: Environment): string {
  return join(readLedgerConfig(env).home, 'certs');
}

function portFrom(text: string, name: string): number {
  const port = readPort(text);
  if (port === undefined) throw new UsageError(`--${name} is a port`);
  return port;
}
