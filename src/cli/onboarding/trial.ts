/** A trial of the SOAP door as one partner: a list of checks, one after the other, within a time that was set. */
import type { PaymentMethod } from '../../payments/payment.ts';
import type { Operation, Partner } from '../../payments/partners.ts';
import type { SoapVersion } from '../../platform/soap.ts';
import { soapContentType } from '../../platform/soap-media.ts';
import { type DoorAnswer, readAnswer, shown } from './door-answer.ts';
import { type DoorCaller, type DoorWire, openWire, type WireCall, type WireReply } from './door-wire.ts';

/** As whom, with what, and what has to hold for him. */
export interface Trial {
  readonly caller: DoorCaller;
  readonly operations: readonly Operation[];
  readonly currency: string;
  readonly method: PaymentMethod;
  readonly tlsFloor: Partner['tlsFloor'];
  /** Money may move: a deposit of the smallest unit, and the same back. */
  readonly withPayments: boolean;
  /** At most 24 characters of a reference. What is written in the ledger begins with it. */
  readonly run: string;
  now(): Date;
}

/** What came of a check, in words of the contract: nothing of what a server wrote freely. */
export interface Seen {
  readonly verdict: 'passed' | 'failed' | 'skipped';
  readonly seen: string;
  /** No answer came at all. */
  readonly unanswered?: true;
}

export interface Check {
  readonly name: string;
  readonly soap?: SoapVersion;
  run(trial: Trial): Promise<Seen>;
}

export interface CheckedRow extends Omit<Seen, 'unanswered'> {
  readonly check: string;
  readonly soap?: SoapVersion;
  readonly tookMs: number;
}

export const passed = (seen: string): Seen => ({ verdict: 'passed', seen });
export const failed = (seen: string): Seen => ({ verdict: 'failed', seen });
export const skipped = (seen: string): Seen => ({ verdict: 'skipped', seen });

/** Passed where what was seen is what had to be. */
export function expecting(wanted: string, seen: string): Seen {
  return wanted === seen ? passed(seen) : failed(`${seen || 'nothing'}; expected ${wanted}`);
}

export interface SoapCall {
  readonly body: Buffer;
  /** The SOAPAction header of 1.1, or the `action` of 1.2. */
  readonly action?: string;
}

/** One call, on a connection of its own unless one is given. */
export async function ask(
  trial: Pick<Trial, 'caller'>,
  version: SoapVersion,
  { body, action }: SoapCall,
  wire?: DoorWire,
): Promise<{ readonly reply: WireReply; readonly answer: DoorAnswer }> {
  const contentType = soapContentType[version];
  const headers =
    action === undefined
      ? { 'Content-Type': contentType }
      : version === '1.1'
        ? { 'Content-Type': contentType, SOAPAction: `"${action}"` }
        : { 'Content-Type': `${contentType}; action="${action}"` };
  const reply = await callOver(trial, wire, { headers, body });
  return { reply, answer: readAnswer(version, reply) };
}

async function callOver(
  { caller }: Pick<Trial, 'caller'>,
  wire: DoorWire | undefined,
  call: WireCall,
): Promise<WireReply> {
  if (wire !== undefined) return wire.call(call);
  using own = openWire(caller);
  return await own.call(call);
}

/** The fault's code, outcome and retry have to be these. */
export async function expectFault(
  trial: Trial,
  version: SoapVersion,
  call: SoapCall,
  wanted: string,
): Promise<Seen> {
  const { answer } = await ask(trial, version, call);
  return expecting(wanted, shown(answer));
}

/**
 * Runs the checks in their order. Where nobody answers the first of all the others are not tried, and neither are those
 * that the time has left no room for: they have failed, because nobody can say what they would have found.
 */
export async function runTrial(
  trial: Trial,
  checks: readonly Check[],
  { totalMsMax }: { readonly totalMsMax: number },
): Promise<readonly CheckedRow[]> {
  const startedMs = performance.now();
  const rows: CheckedRow[] = [];
  let over: string | undefined;
  for (const check of checks) {
    const beganMs = performance.now();
    if (beganMs - startedMs > totalMsMax) over ??= `not tried: ${totalMsMax} ms were over`;
    const { unanswered, ...seen } = over === undefined ? await seenOf(() => check.run(trial)) : failed(over);
    const { name, soap } = check;
    const tookMs = Math.round(performance.now() - beganMs);
    const row = { check: name, ...(soap !== undefined && { soap }), ...seen, tookMs };
    rows.push(row);
    if (rows.length === 1 && unanswered === true) over = 'not tried: nobody answered';
  }
  return rows;
}

/** What came of it; where no answer came, that. */
export async function seenOf(look: () => Promise<Seen>): Promise<Seen> {
  try {
    return await look();
  } catch (error) {
    return { ...failed(whatBroke(error)), unanswered: true };
  }
}

/** A code of Node's or OpenSSL's, never a text: what comes from outside goes to nobody's terminal. */
function whatBroke(error: unknown): string {
  if (!(error instanceof Error)) return 'broke off';
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  const code = 'code' in error ? String(error.code) : error.name;
  return `no answer (${code.replaceAll(/[^\w/-]/g, '').slice(0, 64)})`;
}
