/** The sandboxes' control port: what the gateways did, and how they are told to misbehave. */
import { call } from '../support/http.ts';

/** What a gateway knows of one instruction. */
export interface Instructed {
  readonly gateway: string;
  readonly instructionId: string;
  readonly direction: 'CRDT' | 'DBIT';
  readonly amountMinor: string;
  readonly currency: string;
  /** settled, pending, declined, cancelled, ... */
  readonly status: string;
  /** How often it was sent. */
  readonly submissions: number;
}

export interface Control {
  instructions(): Promise<readonly Instructed[]>;
  webhooks(): Promise<readonly { readonly state: string }[]>;
  misbehave(gateway: 'bank' | 'psp', mode: string, more?: object): Promise<void>;
  /** How many faults still wait for somebody who meets them. */
  armed(): Promise<number>;
  behave(): Promise<void>;
}

export function controlOf(port: number): Control {
  const asked = async (method: string, path: string, document?: object): Promise<unknown> => {
    const headers = [['Content-Type', 'application/json']] as const;
    const body = document === undefined ? {} : { headers, body: JSON.stringify(document) };
    const { status, json } = await call(port, { method, path, ...body });
    if (status >= 300) throw new Error(`the sandbox refused ${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    instructions: async () => (await asked('GET', '/sandbox/instructions')) as Instructed[],
    webhooks: async () => (await asked('GET', '/sandbox/webhooks')) as { state: string }[],
    misbehave: async (gateway, mode, more = { count: 1 }) =>
      void (await asked('POST', '/sandbox/faults', { gateway, mode, ...more })),
    armed: async () => ((await asked('GET', '/sandbox/faults')) as object[]).length,
    behave: async () => void (await asked('DELETE', '/sandbox/faults')),
  };
}
