/** What `npm start`, `npm run sandbox` and `npm run demo` have in common: certificates and a bank for this machine alone. */
import { join } from 'node:path';
import { isDevelopment } from '../config/development.ts';
import { readLedgerConfig } from '../config.ts';
import { type DevelopmentCertificates, developmentCertificates } from '../pki/development.ts';
import { systemClock } from '../platform/clock.ts';
import { readPort } from '../platform/hosts.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import type { Environment } from '../platform/references.ts';
import { type BankSandbox, bankPath, startBankSandbox } from '../sandbox/bank.ts';
import { UsageError } from './command.ts';
import type { sandboxOptions, SandboxValues } from './sandbox-options.ts';

const host = '127.0.0.1';
const ports = { bankPort: 8453, controlPort: 8455 };

export interface DevelopmentBank extends BankSandbox {
  readonly url: string;
  readonly controlUrl: string;
}

export function requireDevelopment(env: Environment): void {
  if (!isDevelopment(env)) {
    throw new UsageError('this is for development: run it by npm, or set CAGEBRIDGE_DEV=1');
  }
}

/** The certificates of this home, made where they are missing. */
export async function certificatesOf(env: Environment): Promise<DevelopmentCertificates> {
  const { home } = readLedgerConfig(env);
  return developmentCertificates(join(home, 'certs'), { clock: systemClock });
}

/** Starts the bank sandbox. Where the SOAP door picks a free port, so does the sandbox unless it is told otherwise. */
export async function startDevelopmentBank(
  env: Environment,
  values: SandboxValues,
): Promise<DevelopmentBank> {
  const { ca, bank } = await certificatesOf(env);
  const anyPort = env['CAGEBRIDGE_SOAP_PORT'] === '0';
  const portFor = (name: keyof typeof sandboxOptions, usual: number): number =>
    values[name] === undefined ? (anyPort ? 0 : usual) : portFrom(values[name], name);
  const started = await orInItsWords(
    startBankSandbox({
      host,
      bankPort: portFor('bank-port', ports.bankPort),
      controlPort: portFor('control-port', ports.controlPort),
      tls: { identity: bank, clientAuthorities: [ca.certificate] },
      home: readLedgerConfig(env).home,
    }),
  );
  return {
    ...started,
    url: `https://${host}:${started.bank}${bankPath}`,
    controlUrl: `http://${host}:${started.control}`,
  };
}

/** The sandbox's own sentences may be shown: it knows nothing but this machine. What the system says has a code. */
async function orInItsWords<T>(starting: Promise<T>): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    if (!(error instanceof Error) || error instanceof Misconfigured || 'code' in error) throw error;
    throw new Misconfigured([`the sandbox bank does not start: ${error.message}`]);
  }
}

/** The line for machines, as design 3 writes it. */
export function sandboxLine({ bank, control }: BankSandbox): string {
  return JSON.stringify({ event: 'sandbox.listening', bank, control });
}

function portFrom(text: string, name: string): number {
  const port = readPort(text);
  if (port === undefined) throw new UsageError(`--${name} is a port`);
  return port;
}
