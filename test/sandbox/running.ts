import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentCertificates, type DevelopmentCertificates } from '../../src/pki/development.ts';

export interface Ending {
  after(end: () => Promise<void>): void;
}

/** What a test says to the control port, and reads there. */
export interface SandboxControl {
  arm(fault: object): Promise<{ status: number; body: unknown }>;
  disarm(): Promise<void>;
  effects(): Promise<Record<string, unknown>[]>;
  instructions(): Promise<Record<string, unknown>[]>;
  webhooks(): Promise<Record<string, unknown>[]>;
  /** Lets money come back. */
  giveBack(order: object): Promise<{ status: number; body: unknown }>;
  returns(): Promise<Record<string, unknown>[]>;
}

let made: Promise<DevelopmentCertificates> | undefined;

/** The certificates of this test process: making keys is slow, so it is done once. */
export function certificates(): Promise<DevelopmentCertificates> {
  made ??= (async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sandbox-certs-'));
    try {
      return await developmentCertificates(join(directory, 'certs'), { clock: { now: () => new Date() } });
    } finally {
      await rm(directory, { recursive: true });
    }
  })();
  return made;
}

export async function newHome(t: Ending): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'sandbox-home-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** The control port, for faults of this gateway. */
export function controlOf(port: number, gateway: 'bank' | 'psp'): SandboxControl {
  const url = `http://127.0.0.1:${port}/sandbox`;
  const list = async (what: string) =>
    (await (await fetch(`${url}/${what}`)).json()) as Record<string, unknown>[];
  const order = async (what: string, body: object) => {
    const response = await fetch(`${url}/${what}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ gateway, ...body }),
    });
    return { status: response.status, body: await response.json() };
  };
  return {
    arm: (fault) => order('faults', fault),
    giveBack: (returned) => order('returns', returned),
    returns: () => list('returns'),
    disarm: async () => {
      await fetch(`${url}/faults`, { method: 'DELETE' });
    },
    effects: () => list('effects'),
    instructions: () => list('instructions'),
    webhooks: () => list('webhooks'),
  };
}
