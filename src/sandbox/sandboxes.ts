import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { isLoopback } from '../platform/hosts.ts';
import { bankKind, type BankOptions } from './bank.ts';
import { createControl } from './control.ts';
import { openGateway, type OpenGateway, type Surroundings } from './gateway.ts';
import { landedPayouts } from './psp-settlement.ts';
import { pspKind, type PspOptions } from './psp.ts';

type FreeSurroundings = 'clock' | 'random' | 'instructionsMax';

export interface SandboxesOptions
  extends Omit<Surroundings, FreeSurroundings>, Partial<Pick<Surroundings, FreeSurroundings>> {
  /** 0 picks a free one. */
  readonly controlPort: number;
  /** Which of the two to start. */
  readonly bank?: BankOptions;
  readonly psp?: PspOptions;
}

export interface Sandboxes {
  /** The ports that were bound. */
  readonly bank?: number;
  readonly psp?: number;
  readonly control: number;
  /** Drops every connection and closes the journals. */
  close(): Promise<void>;
}

/**
 * Starts the bank, the PSP and one control port, which shows what they executed and lets them misbehave. They are real
 * servers with a durable memory: what one has executed, it knows after `kill -9`. Armed faults are forgotten with the
 * process. Nothing of it has a place on a network: any host but loopback is refused.
 */
export async function startSandboxes(options: SandboxesOptions): Promise<Sandboxes> {
  const { host, home, controlPort } = options;
  if (!isLoopback(host)) throw new Error('the sandbox listens on loopback only');
  const surroundings: Surroundings = {
    host,
    home,
    clock: options.clock ?? { now: () => new Date() },
    random: options.random ?? Math.random,
    instructionsMax: options.instructionsMax ?? 1_000_000,
  };
  // Whatever was opened is closed again, last first: when the sandbox ends, and when it cannot start whole.
  await using opened = new AsyncDisposableStack();
  const open = async (kind: Parameters<typeof openGateway>[0]): Promise<OpenGateway> =>
    opened.adopt(await openGateway(kind, surroundings), (gateway) => gateway.close());
  const psp = options.psp && (await open(pspKind(options.psp, surroundings.clock)));
  const landed = (currency: string) => landedPayouts(psp?.books, currency);
  const bank = options.bank && (await open(await bankKind(options.bank, surroundings.clock, landed)));

  const gateways = [bank, psp].filter((gateway) => gateway !== undefined);
  const control = createControl(gateways.map(({ controlled }) => controlled));
  opened.defer(() => {
    control.close();
    control.closeAllConnections();
  });
  control.listen(controlPort, host);
  await once(control, 'listening');

  const running = opened.move();
  return {
    ...(bank && { bank: bank.port }),
    ...(psp && { psp: psp.port }),
    control: (control.address() as AddressInfo).port,
    close: () => running.disposeAsync(),
  };
}
