/** What a gateway is asked about; a fault waits for one of these. */
export type Asked = 'submit' | 'status' | 'statement' | 'cancel' | 'refund';

/**
 * When a mode acts: on the `decision` about an instruction, on the `answer` that carries it, on the `webhook` that tells its
 * end, on what a `statement` tells, or on the `connection` before anything was read. One request can meet one fault of each.
 */
export type Moment = 'connection' | 'decision' | 'answer' | 'webhook' | 'statement';

/** Where a mode acts, what it acts on unless the order says otherwise, and how long it lasts then. */
export interface ModeRule {
  readonly moment: Moment;
  readonly asked: Asked;
  readonly delayMs: number;
}

export type Modes = Readonly<Record<string, ModeRule>>;

/** How a gateway can misbehave: its modes, and what it can be asked. */
export interface Repertoire {
  readonly modes: Modes;
  readonly operations: readonly Asked[];
}

/** An order to misbehave, as it was read from the control port. */
export interface FaultOrder {
  readonly gateway: string;
  readonly mode: string;
  readonly asked: Asked;
  readonly count?: number;
  readonly probability?: number;
  readonly delayMs: number;
}

export interface Fault extends FaultOrder {
  readonly id: number;
  /** How often it will still act; absent: until it is deleted. */
  readonly left?: number;
}

export interface Faults {
  add(order: FaultOrder): Fault;
  /** The first fault that acts now, in the order in which they came; its count goes down by one. */
  take(moment: Moment, asked?: Asked): Fault | undefined;
  /** All that act now, each once. */
  takeEach(moment: Moment, asked: Asked): readonly Fault[];
  list(): readonly Fault[];
  remove(id: number): void;
  clear(): void;
  isFull(): boolean;
}

export function createFaults(options: { modes: Modes; random: () => number; faultsMax: number }): Faults {
  let faults: Fault[] = [];
  let lastId = 0;

  const acts = (fault: Fault, moment: Moment, asked: Asked | undefined): boolean =>
    options.modes[fault.mode]?.moment === moment &&
    (asked === undefined || fault.asked === asked) &&
    (fault.probability === undefined || options.random() < fault.probability);

  /** It acted: where it is counted, it acts once less. */
  const count = (taken: Fault): void => {
    if (taken.left === undefined) return;
    const left = taken.left - 1;
    faults = faults.flatMap((fault) => {
      if (fault.id !== taken.id) return [fault];
      return left === 0 ? [] : [{ ...fault, left }];
    });
  };

  return {
    add(order) {
      lastId += 1;
      const fault = { ...order, id: lastId, ...(order.count === undefined ? {} : { left: order.count }) };
      faults.push(fault);
      return fault;
    },
    take(moment, asked) {
      const taken = faults.find((fault) => acts(fault, moment, asked));
      if (taken !== undefined) count(taken);
      return taken;
    },
    takeEach(moment, asked) {
      const taken = faults.filter((fault) => acts(fault, moment, asked));
      for (const fault of taken) count(fault);
      return taken;
    },
    list: () => [...faults],
    remove: (id) => {
      faults = faults.filter((fault) => fault.id !== id);
    },
    clear: () => {
      faults = [];
    },
    isFull: () => faults.length >= options.faultsMax,
  };
}

const countMax = 1_000_000;
const delayMsMax = 600_000;
const keys = ['gateway', 'mode', 'operation', 'count', 'probability', 'delayMs'];

/**
 * Reads the body of `POST /sandbox/faults`. Refused with a sentence: anything that is not an object of the known keys, a
 * gateway that is not here, a mode that the gateway does not have, numbers outside their bounds. With neither count nor
 * probability a fault acts once, so that a forgotten one does not stay; a refused connection cannot be counted and stays
 * for delayMs, or until it is deleted.
 */
export function readFault(
  body: unknown,
  gateways: ReadonlyMap<string, Repertoire>,
): FaultOrder | { readonly refused: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return refuse('the body is one JSON object');
  const order = body as Record<string, unknown>;
  const stranger = Object.keys(order).find((key) => !keys.includes(key));
  if (stranger !== undefined) return refuse(`"${stranger}" is not known: ${keys.join(', ')}`);

  const { gateway, mode, operation } = order;
  const repertoire = typeof gateway === 'string' ? gateways.get(gateway) : undefined;
  if (repertoire === undefined) return refuse(`gateway is one of: ${[...gateways.keys()].join(', ')}`);
  const { modes, operations } = repertoire;
  const rule = typeof mode === 'string' && Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  if (rule === undefined)
    return refuse(`mode of ${String(gateway)} is one of: ${Object.keys(modes).join(', ')}`);
  const asked = operation === undefined ? rule.asked : operations.find((one) => one === operation);
  if (asked === undefined) return refuse(`operation is one of: ${operations.join(', ')}`);
  if (operation !== undefined && rule.moment !== 'answer')
    return refuse(`${String(mode)} has no operation to choose`);

  const { count, probability, delayMs } = order;
  if (!isAbsentOr(count, (n) => Number.isInteger(n) && n >= 1 && n <= countMax)) {
    return refuse(`count is a whole number from 1 to ${countMax}`);
  }
  if (!isAbsentOr(probability, (n) => n > 0 && n <= 1)) return refuse('probability is above 0 and at most 1');
  if (!isAbsentOr(delayMs, (n) => Number.isInteger(n) && n >= 0 && n <= delayMsMax)) {
    return refuse(`delayMs is a whole number from 0 to ${delayMsMax}`);
  }
  const lasting = rule.moment === 'connection' && count === undefined && probability === undefined;
  const times = count ?? (probability === undefined && !lasting ? 1 : undefined);
  return {
    gateway: gateway as string,
    mode: mode as string,
    asked,
    delayMs: delayMs ?? rule.delayMs,
    ...(times === undefined ? {} : { count: times }),
    ...(probability === undefined ? {} : { probability }),
  };
}

function refuse(refused: string): { refused: string } {
  return { refused };
}

function isAbsentOr(value: unknown, holds: (n: number) => boolean): value is number | undefined {
  return value === undefined || (typeof value === 'number' && holds(value));
}
