/** After a rotation: tells the running bridge, and looks at the door to see that it serves the new certificate. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprintOf } from '../pki/certificate.ts';
import { acceptableReasons } from '../pki/identity-refusal.ts';
import { lookAtServer } from '../pki/live-server.ts';
import { addressFrom } from './certs-inspect.ts';
import { type Terminal, UsageError } from './command.ts';
import { operatorToken } from './internal-door.ts';
import { ask } from './person.ts';

export const servedOptions = {
  /** Reads the files now, by the running bridge of this machine. */
  reload: { type: 'boolean' },
  'token-file': { type: 'string' },
  /** What the bridge would refuse, and is meant. */
  accept: { type: 'string', multiple: true },
  /** The door that is to show it. */
  at: { type: 'string' },
} as const;

interface ServedValues {
  readonly reload?: boolean;
  readonly 'token-file'?: string;
  readonly accept?: readonly string[];
  readonly at?: string;
  readonly reason?: string;
}

interface Served {
  readonly isWell: boolean;
  readonly notes: readonly (readonly [string, string])[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/** The bridge looks at its files every 2 s and takes a change at the second look; a reload takes it at once. */
const seenMsMax = 15_000;
const lookEveryMs = 500;
const handshakeTimeoutMs = 5_000;

/** What it will need is there before anything is written. @throws UsageError @throws Misconfigured */
export function requireServed(
  { env }: Terminal,
  { reload: wanted, at, accept = [], 'token-file': file }: ServedValues,
): void {
  if (at !== undefined) doorFrom(at);
  if (accept.length > 0 && wanted !== true)
    throw new UsageError('--accept is said to the running bridge: with --reload');
  const known: readonly string[] = acceptableReasons;
  if (!accept.every((word) => known.includes(word)))
    throw new UsageError(`--accept is one of ${known.join(', ')}`);
  if (wanted === true) operatorToken(env, file);
}

function doorFrom(text: string): NonNullable<ReturnType<typeof addressFrom>> {
  const address = addressFrom(text);
  if (address === undefined) throw new UsageError('--at is HOST:PORT of the door');
  return address;
}

export async function servedNow(
  terminal: Terminal,
  values: ServedValues,
  fingerprint256: string,
): Promise<Served> {
  const reloaded = values.reload === true ? await reload(terminal, values) : nothing;
  const seen = values.at === undefined ? nothing : await seenAt(values.at, fingerprint256);
  return {
    isWell: reloaded.isWell && seen.isWell,
    notes: [...reloaded.notes, ...seen.notes],
    facts: { ...reloaded.facts, ...seen.facts },
  };
}

const nothing: Served = { isWell: true, notes: [], facts: {} };

interface Reloaded {
  readonly parts: readonly { readonly part: string; readonly result: string; readonly reason?: string }[];
}

async function reload(terminal: Terminal, values: ServedValues): Promise<Served> {
  const asked = { terminal, json: false, tokenFile: values['token-file'] };
  const said = { reason: 'ROTATION', comment: values.reason ?? 'a certificate was rotated' };
  const body = { ...said, ...(values.accept !== undefined && { accept: values.accept }) };
  const answer = await ask<Reloaded>(asked, { method: 'POST', path: '/v1/admin/certificates/reload', body });
  // The refusal was told; the files are right, and the bridge finds them by itself.
  if (answer === undefined) return { isWell: false, notes: [], facts: { reloaded: 'refused' } };
  const changed = answer.parts.filter(({ result }) => result !== 'unchanged');
  return {
    isWell: changed.every(({ result }) => result !== 'refused'),
    notes: changed.map(
      ({ part, result, reason }) =>
        ['bridge', [`${part} ${result}`, reason].filter((word) => word !== undefined).join(': ')] as const,
    ),
    facts: { reloaded: answer.parts },
  };
}

async function seenAt(text: string, fingerprint256: string): Promise<Served> {
  const address = doorFrom(text);
  for (let waitedMs = 0; ; waitedMs += lookEveryMs) {
    const { chain } = await lookAtServer({ ...address, timeoutMs: handshakeTimeoutMs });
    const [leaf] = chain;
    if (leaf !== undefined && fingerprintOf(leaf) === fingerprint256) {
      return { isWell: true, notes: [['door', `${text} shows it`]], facts: { seenAt: text } };
    }
    if (waitedMs >= seenMsMax) {
      const what = leaf === undefined ? 'shakes no hands' : `still shows ${fingerprintOf(leaf)}`;
      return { isWell: false, notes: [['door', `${text} ${what}`]], facts: { seenAt: null } };
    }
    await sleep(lookEveryMs);
  }
}
