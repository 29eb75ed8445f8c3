/** A gateway with a truth of its own: what it did with each instruction, whatever it says about it. */
import type { Answer, Enquiry, Gateway, Notice, Order } from '../../src/payments/gateways.ts';
import { scriptedGateway } from '../support/gateway.ts';

export const submitMoods = [
  'settle',
  'settleSilently',
  'lost',
  'late',
  'pend',
  'pendSilently',
  'decline',
  'declineSilently',
  'refuseConnection',
  'unknownCode',
  'wrongAmount',
  'otherAmount',
  'otherId',
  'falseDecline',
  'falseSettle',
  'falseRefusal',
] as const;
export type SubmitMood = (typeof submitMoods)[number];

export const statusMoods = [
  'truth',
  'silent',
  'notFound',
  'opposite',
  'wrongAmount',
  'otherId',
  'unknownCode',
] as const;
export type StatusMood = (typeof statusMoods)[number];

export interface Moods {
  readonly submit: SubmitMood;
  readonly status: StatusMood;
  /** How long each write to the ledger takes. */
  readonly ledgerMs: number;
}

export const endings = ['settled', 'declined', 'cancelled', 'expired'] as const;
export type Ending = (typeof endings)[number];

/** What the gateway knows of one instruction. */
export interface Instructed {
  readonly order: Order;
  readonly firstAt: Date;
  /** Amounts that it really moved, one for each time that it did. */
  readonly effects: bigint[];
  truth: 'absent' | 'pending' | Ending;
  /** Each time that it was sent, with what was answered. */
  readonly sends: { readonly order: Order; readonly at: Date; answer?: Answer['kind'] }[];
  /** When it was asked and said that it knows nothing of it. */
  readonly notFoundAt: Date[];
  /** It was said to be final, or of an amount or id, as it is not. */
  lied: boolean;
}

export interface ModelGateway extends Gateway {
  readonly instructed: Map<string, Instructed>;
  /** Sent, and still on its way to it. */
  readonly underWay: Order[];
  moods: Moods;
  arrive(order: Order): void;
  end(instrId: string, ending: Ending): void;
  truthOf(instrId: string): Answer;
}

interface ModelGatewayOptions {
  readonly name: string;
  readonly now: () => Date;
  /** Without one it executes whatever it is sent, however often. */
  readonly dedupWindowMs?: number;
  /** Called before anything is done with an order. */
  readonly onSend: (gateway: ModelGateway, order: Order) => void;
}

const reason = { code: 'AC04' };

export function modelGateway({ name, now, dedupWindowMs, onSend }: ModelGatewayOptions): ModelGateway {
  const instructed = new Map<string, Instructed>();
  const underWay: Order[] = [];
  const { dedupWindowMs: _, ...checks } = scriptedGateway().checks;
  const base = scriptedGateway({
    name,
    onCancel: () => Promise.resolve({ kind: 'notFound' }),
    readNotice: (text) => (text.startsWith('{') ? (JSON.parse(text, revive) as Notice) : undefined),
  });

  const gateway: ModelGateway = {
    ...base,
    checks: { ...checks, ...(dedupWindowMs !== undefined && { dedupWindowMs }) },
    instructed,
    underWay,
    moods: { submit: 'settle', status: 'truth', ledgerMs: 0 },
    submit: async (order) => submit(order),
    status: async ({ instrId }) => status(instrId),
    cancel: async (enquiry) => cancel(enquiry),
    arrive(order) {
      const sentAt = instructed.get(order.instrId)?.firstAt.getTime() ?? 0;
      // What is later than any window is no delay of a network any more.
      if (now().getTime() <= sentAt + (dedupWindowMs ?? Infinity)) execute(order, order.amount.minor);
    },
    end(instrId, ending) {
      const known = instructed.get(instrId);
      if (known?.truth !== 'pending') return;
      known.truth = ending;
      if (ending === 'settled') known.effects.push(known.order.amount.minor);
    },
    truthOf,
  };
  return gateway;

  function submit(order: Order): Answer {
    onSend(gateway, order);
    const known = recordOf(order);
    const send = { order, at: now() };
    known.sends.push(send);
    const answer = submitted(order, known);
    Object.assign(send, { answer: answer.kind });
    return answer;
  }

  function submitted(order: Order, known: Instructed): Answer {
    const { minor } = order.amount;
    switch (gateway.moods.submit) {
      case 'settle':
        execute(order, minor);
        return truthOf(order.instrId);
      case 'settleSilently':
        execute(order, minor);
        return silence;
      case 'lost':
        return silence;
      case 'late':
        underWay.push(order);
        return silence;
      case 'pend':
        take(known);
        return truthOf(order.instrId);
      case 'pendSilently':
        take(known);
        return silence;
      case 'decline':
        refuse(known);
        return truthOf(order.instrId);
      case 'declineSilently':
        refuse(known);
        return silence;
      case 'refuseConnection':
        return { kind: 'neverSent', cause: 'connectionRefused' };
      case 'unknownCode':
        take(known);
        return { kind: 'pending', echo: echoOf(order), unknownCode: 'ZZ99' };
      case 'wrongAmount':
        execute(order, minor);
        return lie(known, settled({ ...echoOf(order), amount: { ...order.amount, minor: minor + 1n } }));
      case 'otherAmount':
        execute(order, minor + 1n);
        return truthOf(order.instrId);
      case 'otherId':
        execute(order, minor);
        return lie(known, settled({ ...echoOf(order), instrId: 'somebody-elses' }));
      case 'falseDecline':
        execute(order, minor);
        return lie(known, { kind: 'declined', echo: echoOf(order), reason });
      case 'falseSettle':
        return lie(known, settled(echoOf(order)));
      case 'falseRefusal':
        execute(order, minor);
        return lie(known, { kind: 'neverSent', cause: 'connectionRefused' });
    }
  }

  function status(instrId: string): Answer {
    const known = instructed.get(instrId);
    const answer = asked(instrId, known);
    if (answer.kind === 'notFound') known?.notFoundAt.push(now());
    return answer;
  }

  function asked(instrId: string, known: Instructed | undefined): Answer {
    const truth = truthOf(instrId);
    if (known === undefined) return truth;
    const { order } = known;
    switch (gateway.moods.status) {
      case 'truth':
        return truth;
      case 'silent':
        return silence;
      case 'notFound':
        return { kind: 'notFound' };
      case 'opposite':
        return truth.kind === 'settled'
          ? lie(known, { kind: 'declined', echo: echoOf(order), reason })
          : lie(known, settled(echoOf(order)));
      case 'wrongAmount': {
        const amount = { ...order.amount, minor: order.amount.minor + 7n };
        return lie(known, settled({ instrId, amount }));
      }
      case 'otherId':
        return lie(known, settled({ ...echoOf(order), instrId: 'somebody-elses' }));
      case 'unknownCode':
        return { kind: 'pending', echo: echoOf(order), unknownCode: 'ZZ99' };
    }
  }

  function cancel({ instrId }: Enquiry): Answer {
    if (gateway.moods.status === 'silent') return silence;
    const known = instructed.get(instrId);
    if (known?.truth === 'pending') known.truth = 'cancelled';
    return truthOf(instrId);
  }

  function truthOf(instrId: string): Answer {
    const known = instructed.get(instrId);
    if (known === undefined || known.truth === 'absent') return { kind: 'notFound' };
    const echo = echoOf(known.order);
    if (known.truth === 'pending') return { kind: 'pending', echo, gatewayReference: 'B-1' };
    if (known.truth === 'settled') {
      const minor = known.effects[0] ?? echo.amount.minor;
      return settled({ ...echo, amount: { ...echo.amount, minor } });
    }
    return { kind: known.truth, echo, reason };
  }

  function recordOf(order: Order): Instructed {
    const known = instructed.get(order.instrId);
    if (known !== undefined) return known;
    const fresh: Instructed = {
      order,
      firstAt: now(),
      effects: [],
      truth: 'absent',
      sends: [],
      notFoundAt: [],
      lied: false,
    };
    instructed.set(order.instrId, fresh);
    return fresh;
  }

  /** Moves money, unless it knows the instruction again. */
  function execute(order: Order, minor: bigint): void {
    const known = recordOf(order);
    const knowsAgain =
      dedupWindowMs !== undefined && now().getTime() <= known.firstAt.getTime() + dedupWindowMs;
    if (known.truth !== 'absent' && knowsAgain) return;
    known.truth = 'settled';
    known.effects.push(minor);
  }

  function take(known: Instructed): void {
    if (known.truth === 'absent') known.truth = 'pending';
  }

  function refuse(known: Instructed): void {
    if (known.truth === 'absent') known.truth = 'declined';
  }
}

const silence: Answer = { kind: 'unknown', cause: 'timeout' };

function echoOf({ instrId, amount }: Order) {
  return { instrId, amount };
}

function settled(echo: { instrId: string; amount: Order['amount'] }): Answer {
  return { kind: 'settled', echo, gatewayReference: 'B-1' };
}

function lie(known: Instructed, answer: Answer): Answer {
  known.lied = true;
  return answer;
}

/** A notice as its event carries it: amounts are text there. */
export function textOf(notice: Notice): string {
  return JSON.stringify(notice, (key, value: unknown) => (key === 'minor' ? String(value) : value));
}

function revive(key: string, value: unknown): unknown {
  return key === 'minor' ? BigInt(value as string) : value;
}
