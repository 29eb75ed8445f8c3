/** What each act does, with what is checked of what a caller is told. */
import { formatAmount } from '../../src/ledger/money.ts';
import type { Notice } from '../../src/payments/gateways.ts';
import type { PaymentRequest } from '../../src/payments/instruction.ts';
import type { Payment } from '../../src/payments/payment.ts';
import type { Acting } from '../../src/payments/people/acts.ts';
import { isRefusal, type Refusal } from '../../src/payments/refusals.ts';
import { isFinal } from '../../src/payments/states.ts';
import { euros, somePartner, someRequest } from '../support/payments.ts';
import type { Act, What } from './model-acts.ts';
import { textOf } from './model-gateway.ts';
import type { Life } from './model-lives.ts';
import type { Scene } from './model-scene.ts';

const partner = somePartner({ operations: ['deposit', 'withdrawal', 'status', 'cancel', 'transfer'] });
const context = { correlationId: 'c-1' };
const forever = new AbortController().signal;

const players = 4;

/** Every player begins with something. */
export async function giveMoney({ lives }: Scene): Promise<void> {
  for (let player = 0; player < players; player += 1) {
    const order = {
      transferId: `start-${player}`,
      brand: 'lucky',
      playerId: `player-${player}`,
      direction: 'fromPlay',
      amount: euros(1_500n),
    } as const;
    await lives[0].bridge.payments.transfer(order, context);
  }
}

export async function perform(scene: Scene, act: Act): Promise<void> {
  scene.setMoods(act.moods);
  const life = scene.lives[act.on];
  life.doom(act.doom);
  await work(scene, act, act.on);
  // A question that its caller did not wait for goes on.
  for (const each of scene.lives) await inLife(each, each.bridge.payments.drained(forever));
  if (scene.lives.some((each) => each.isOver())) {
    scene.memory.deaths += 1;
    await scene.bury(act.doom?.time === 3);
    await inLife(scene.lives[act.on], scene.lives[act.on].bridge.payments.recover(forever));
  }
  life.doom(undefined);
}

/** What it comes to; undefined where its bridge died over it. */
async function inLife<Result>(life: Life, asked: Promise<Result>): Promise<Result | undefined> {
  const result = asked.catch((error: unknown) => {
    if (!life.isOver()) throw error;
    return undefined;
  });
  return Promise.race([result, life.over.then(() => undefined)]);
}

async function work(scene: Scene, act: What, on: 0 | 1): Promise<unknown> {
  const { lives, clock } = scene;
  const { payments } = lives[on].bridge;
  switch (act.act) {
    case 'pay':
      return pay(scene, act, on);
    case 'transfer':
      return transfer(scene, act, on);
    case 'status':
      return status(scene, act.payment, on);
    case 'cancel': {
      const id = pick(scene.seen.payments(), act.payment)?.id;
      if (id === undefined) return undefined;
      return heard(scene, await inLife(lives[on], payments.cancel(partner, id, context)));
    }
    case 'rounds':
      return rounds(scene, on);
    case 'together':
      return Promise.all(
        ([on, other(on)] as const).flatMap((each) => [rounds(scene, each), status(scene, act.payment, each)]),
      );
    case 'wait':
      clock.move(act.ms);
      return rounds(scene, on);
    case 'gatewayGoesOn':
      return gatewayGoesOn(scene, act);
    case 'webhook':
      return webhook(scene, act, on);
    case 'people':
      return people(scene, act, on);
    case 'comesBack':
      return comesBack(scene, act, on);
    case 'recover':
      return inLife(lives[on], payments.recover(forever));
  }
}

async function pay(
  scene: Scene,
  { reference, copies, otherContent }: Extract<What, { act: 'pay' }>,
  on: 0 | 1,
): Promise<void> {
  const request = requestOf(reference, otherContent);
  const copy = async (index: number): Promise<void> => {
    const life = scene.lives[index % 2 === 0 ? on : other(on)];
    const result = await inLife(life, life.bridge.payments.initiate(partner, request, context));
    if (result === undefined) return undefined;
    if (isRefusal(result)) return refused(scene, request, result);
    if (formatAmount(result.payment.instruction.amount) !== request.amount.value) {
      scene.problems.push(`I7: ${request.partnerReference} was answered with a payment of another amount`);
    }
    await heard(scene, result.payment);
  };
  await Promise.all(Array.from({ length: copies }, (_, index) => copy(index)));
}

/** The same content for the same reference always, unless other content is wanted. */
function requestOf(reference: number, otherContent: boolean): PaymentRequest {
  const minor = 100n + 10n * BigInt(reference) + (otherContent ? 1n : 0n);
  const validUntil = reference % 7 === 0 && new Date(Date.parse('2026-11-22T10:00:00.000Z') + 20 * 60_000);
  return someRequest({
    direction: reference % 5 < 2 ? 'DBIT' : 'CRDT',
    partnerReference: `ref-${reference}`,
    playerId: `player-${reference % players}`,
    amount: { value: formatAmount(euros(minor)), currency: 'EUR' },
    method: (['EWALLET', 'VOUCHER', 'EWALLET', 'BANK_TRANSFER'] as const)[reference % 4] ?? 'OTHER',
    ...(validUntil && { validUntil }),
  });
}

const mayBeRefused = new Set(['VALIDITY_PASSED', 'REFERENCE_REUSED', 'NOT_CANCELLABLE']);

function refused({ seen, problems, memory }: Scene, request: PaymentRequest, refusal: Refusal): void {
  const held = seen.payments().find((payment) => payment.reference === request.partnerReference);
  const { refused: code, outcome, paymentId } = refusal;
  if (!mayBeRefused.has(code)) problems.push(`${request.partnerReference} was refused: ${code}`);
  if (code !== 'REFERENCE_REUSED') return;
  if (
    held === undefined ||
    formatAmount(euros(held.minor)) === request.amount.value ||
    paymentId !== held.id
  ) {
    problems.push(`I7: ${request.partnerReference} was refused as another payment's, and is not`);
  } else if (outcome === 'NOT_EXECUTED') memory.notExecuted.add(held.id);
}

/** What a caller was told is in the ledger, and stays true. */
async function heard(scene: Scene, told: Payment | Refusal | undefined): Promise<void> {
  if (told === undefined) return;
  const { ledger, memory, problems } = scene;
  if (isRefusal(told)) {
    if (!mayBeRefused.has(told.refused)) problems.push(`refused: ${told.refused}`);
    return;
  }
  const { id, instruction, version, openCases } = told;
  const reference = instruction.partnerReference;
  if ((memory.idOf.get(reference) ?? id) !== id) problems.push(`I7: ${reference} has become another payment`);
  memory.idOf.set(reference, id);
  const kept = await ledger.paymentById(id);
  if (kept === undefined || kept.version < version) problems.push(`I2: ${id} was told before it was kept`);
  if (isFinal(told) && told.state.name !== 'completed' && openCases.length === 0) memory.notExecuted.add(id);
}

async function status(scene: Scene, index: number, on: 0 | 1): Promise<void> {
  const id = pick(scene.seen.payments(), index)?.id;
  if (id === undefined) return;
  const life = scene.lives[on];
  const told = await inLife(life, life.bridge.payments.status(partner, { paymentId: id }, context));
  await heard(scene, told === undefined || isRefusal(told) ? told : told.payment);
}

async function transfer(
  { lives, problems, seen }: Scene,
  { id, otherAmount }: Extract<What, { act: 'transfer' }>,
  on: 0 | 1,
): Promise<void> {
  const transferId = `transfer-${id}`;
  const order = {
    transferId,
    brand: 'lucky',
    playerId: `player-${id % players}`,
    direction: id % 2 === 0 ? 'toPlay' : 'fromPlay',
    amount: euros(50n + BigInt(id) * 20n + (otherAmount ? 1n : 0n)),
  } as const;
  const told = await inLife(lives[on], lives[on].bridge.payments.transfer(order, context));
  if (told === undefined) return;
  const isKept = seen.transferred().some((kept) => kept.id === transferId);
  if (isRefusal(told)) {
    const isReused = told.refused === 'REFERENCE_REUSED';
    if (!isReused && told.refused !== 'INSUFFICIENT_FUNDS') problems.push(`${transferId}: ${told.refused}`);
    if (isReused !== isKept) problems.push(`${transferId} was refused: ${told.refused}, kept: ${isKept}`);
  } else if (!isKept) problems.push(`I2: ${transferId} was told before it was kept`);
}

export async function rounds({ lives }: Scene, on: 0 | 1): Promise<void> {
  const { payments } = lives[on].bridge;
  await inLife(lives[on], Promise.all([payments.checkDue(forever), payments.applyWebhooks(forever)]));
}

function gatewayGoesOn(
  { gateways }: Scene,
  { instruction, ending }: Extract<What, { act: 'gatewayGoesOn' }>,
): void {
  for (const gateway of gateways) {
    const order = gateway.underWay.shift();
    if (order !== undefined) gateway.arrive(order);
    const pending = [...gateway.instructed].filter(([, { truth }]) => truth === 'pending');
    const [instrId] = pick(pending, instruction) ?? [];
    if (instrId !== undefined) gateway.end(instrId, ending);
  }
}

/** One proposes how a case is resolved, another one confirms it. */
async function people(
  scene: Scene,
  { index, resolution, alone }: Extract<What, { act: 'people' }>,
  on: 0 | 1,
): Promise<void> {
  const { ledger, lives, problems } = scene;
  const open = pick(await ledger.cases({ open: true }, { limit: 10 }), index);
  const payment = open && (await ledger.paymentById(open.paymentId));
  if (open === undefined || payment === undefined) return;
  const { version } = payment;
  const { desk } = lives[on].bridge.payments;
  const proposed = { caseId: open.id, resolution, version };
  const told = await inLife(lives[on], desk.resolveCase(by('ann'), proposed, context));
  if (told === undefined || isRefusal(told)) return;
  const another = other(on);
  const life = lives[another];
  const verdict = { id: told.act.id, version };
  const approved = await inLife(
    life,
    life.bridge.payments.desk.approve(by(alone ? 'ann' : 'bob'), verdict, context),
  );
  if (approved === undefined || isRefusal(approved)) return;
  if (alone) problems.push(`I14: ${payment.id} was resolved by one person`);
  await heard(scene, approved.payment);
}

function by(id: string): Acting {
  return {
    person: { id, roles: ['propose', 'confirm'] },
    said: { reason: 'CHECKED', comment: 'Read in the portal.' },
  };
}

async function comesBack(
  scene: Scene,
  { instruction, kind, reference, tenth }: Extract<What, { act: 'comesBack' }>,
  on: 0 | 1,
): Promise<void> {
  const { psp, memory, lives } = scene;
  const [instrId, known] = pick([...psp.instructed], instruction) ?? [];
  if (instrId === undefined || known === undefined) return;
  const { minor, currency } = known.order.amount;
  const returned = {
    kind,
    ...(reference > 0 && { reference: `return-${instruction}-${reference}` }),
    amount: { minor: (minor * BigInt(tenth)) / 10n, currency },
    reason: { code: 'FOCR' },
  };
  memory.events += 1;
  memory.words += 1;
  const event = { eventId: `event-${memory.events}`, text: textOf({ kind: 'return', instrId, returned }) };
  const { payments } = lives[on].bridge;
  await inLife(lives[on], payments.receiveWebhook('psp', event, context));
  await inLife(lives[on], payments.applyWebhooks(forever));
}

export async function webhook(
  scene: Scene,
  { instruction, says, copies, later }: Extract<What, { act: 'webhook' }>,
  on: 0 | 1,
): Promise<void> {
  const { memory, lives, problems } = scene;
  const text = noticeOf(scene, instruction, says);
  if (text === undefined) return;
  memory.events += 1;
  if (says === 'truth' || says === 'pending') memory.words += 1;
  const event = { eventId: `event-${memory.events}`, text };
  const results = await Promise.all(
    Array.from({ length: copies }, (_, index) => {
      const life = lives[index % 2 === 0 ? on : other(on)];
      return inLife(life, life.bridge.payments.receiveWebhook('psp', event, context));
    }),
  );
  const isAlive = results.every((result) => result !== undefined);
  if (isAlive && results.filter((result) => result === 'received').length !== 1) {
    problems.push(`I11: ${event.eventId} was received as ${results.map(String).join(', ')}`);
  }
  if (!later) await inLife(lives[on], lives[on].bridge.payments.applyWebhooks(forever));
}

function noticeOf(
  { psp }: Scene,
  index: number,
  says: Extract<What, { act: 'webhook' }>['says'],
): string | undefined {
  if (says === 'unreadable') return 'no notice';
  if (says === 'other') return textOf({ kind: 'other' });
  const [instrId, known] = pick([...psp.instructed], index) ?? [];
  if (instrId === undefined || known === undefined) return undefined;
  const { amount } = known.order;
  const notice = (answer: Extract<Notice, { kind: 'answer' }>['answer'], about = instrId) =>
    textOf({ kind: 'answer', instrId: about, answer });
  if (says === 'stranger') {
    return notice({ kind: 'settled', echo: { instrId: 'stranger', amount } }, 'stranger');
  }
  if (says === 'pending') return notice({ kind: 'pending', echo: { instrId, amount } });
  const truth = psp.truthOf(instrId);
  return truth.kind === 'notFound' ? undefined : notice(truth);
}

function pick<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % Math.max(1, items.length)];
}

function other(on: 0 | 1): 0 | 1 {
  return on === 0 ? 1 : 0;
}
