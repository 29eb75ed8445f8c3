import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { record } from '../../../src/payments/record.ts';
import type { AnswerSource, Answer } from '../../../src/payments/gateways.ts';
import type { RecordedCase } from '../../../src/payments/ledger-store.ts';
import {
  attemptOf,
  type Attempt,
  type Case,
  type Direction,
  type Payment,
} from '../../../src/payments/payment.ts';
import type { Acting, Person } from '../../../src/payments/people/acts.ts';
import type { WaitingApproval } from '../../../src/payments/people/desk.ts';
import type { Acted } from '../../../src/payments/people/propose.ts';
import type { Resolution } from '../../../src/payments/people/resolutions.ts';
import { isRefusal, type Refusal } from '../../../src/payments/refusals.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { movedClock } from '../../support/clock.ts';
import { scriptedGateway, settledFor, type ScriptedGateway } from '../../support/gateway.ts';
import { euros, paid, somePartner, someRequest } from '../../support/payments.ts';
import { openWorld, type TestWorld, type WorldChanges } from '../../support/world.ts';

/** Payments that people have to look at, over a real ledger, and the people who do. */

export const context = { correlationId: 'c-1' };
const said = { reason: 'CHECKED', comment: 'Read in the portal of the bank.' };

export const ann: Person = { id: 'ann', roles: ['propose', 'confirm'] };
export const bob: Person = { id: 'bob', roles: ['propose', 'confirm'] };
export const proposerOnly: Person = { id: 'pat', roles: ['propose'] };
export const confirmerOnly: Person = { id: 'cora', roles: ['confirm'] };

export function by(person: Person, changes: Partial<Acting['said']> = {}): Acting {
  return { person, said: { ...said, ...changes } };
}

export interface Scene extends TestWorld {
  readonly gateway: ScriptedGateway;
  readonly clock: ReturnType<typeof movedClock>;
}

export async function openScene(t: TestContext, changes: WorldChanges = {}): Promise<Scene> {
  const gateway = scriptedGateway();
  const clock = withRealSleep(movedClock());
  const world = await openWorld(t, { gateways: [gateway], clock, ...changes });
  for (const { id, roles } of [ann, bob, proposerOnly, confirmerOnly]) {
    await world.ledger.putOperator({ id, roles, tokenDigests: [], createdAt: clock.now() });
  }
  return { ...world, gateway, clock };
}

/** Time stands still, and who waits for something waits. */
function withRealSleep(clock: ReturnType<typeof movedClock>): ReturnType<typeof movedClock> {
  return { ...clock, sleep: (ms, signal) => systemClock.sleep(ms, signal) };
}

let references = 0;

/** A payment of 10.00 that the gateway answers so; a withdrawal's player is given `funds` before. */
export async function pay(
  scene: Scene,
  direction: Direction,
  answer: (instrId: string) => Answer,
  funds = 1000n,
): Promise<Payment> {
  references += 1;
  const playerId = `player-${references}`;
  if (direction === 'DBIT') await fund(scene, playerId, funds);
  scene.gateway.onSubmit = ({ instrId }) => Promise.resolve(answer(instrId));
  const request = someRequest({ direction, playerId, partnerReference: `ref-${references}` });
  const payment = paid(await scene.payments.initiate(somePartner(), request, context));
  scene.gateway.onSubmit = (order) => Promise.resolve(settledFor(order));
  return payment;
}

let transfers = 0;

export async function fund({ payments }: Scene, playerId: string, minor: bigint): Promise<void> {
  await move(payments, playerId, { direction: 'fromPlay', minor });
}

/** Takes money from the player, to the tables. */
export async function spend({ payments }: Scene, playerId: string, minor: bigint): Promise<void> {
  await move(payments, playerId, { direction: 'toPlay', minor });
}

async function move(
  payments: Scene['payments'],
  playerId: string,
  { direction, minor }: { direction: 'fromPlay' | 'toPlay'; minor: bigint },
): Promise<void> {
  if (minor === 0n) return;
  transfers += 1;
  const order = { transferId: `t-${transfers}`, brand: 'lucky', playerId, direction, amount: euros(minor) };
  assert.ok(!isRefusal(await payments.transfer(order, context)));
}

export const settled =
  (minor: bigint, currency = 'EUR') =>
  (instrId: string): Answer => ({
    kind: 'settled',
    echo: { instrId, amount: { minor, currency } },
    gatewayReference: 'B-1',
  });
export const pending = (instrId: string): Answer => ({
  kind: 'pending',
  echo: { instrId, amount: euros(1000n) },
  gatewayReference: 'B-1',
});
export const declined =
  (kind: 'declined' | 'cancelled' | 'expired' = 'declined') =>
  (instrId: string): Answer => ({ kind, echo: { instrId, amount: euros(1000n) }, reason: { code: 'AC04' } });
export const silent = (): Answer => ({ kind: 'unknown', cause: 'timeout' });

/** A word that comes later, as by a webhook. */
export async function hear(
  { world }: Scene,
  payment: Payment,
  answer: (instrId: string) => Answer,
  source: AnswerSource = 'webhook',
): Promise<Payment> {
  const attempt = attemptOf(payment.state) as Attempt;
  const heard = { answer: answer(attempt.instrId), source, attempt };
  return (await record(world, payment, heard, context)).payment;
}

/** Opens a case of that kind without a word about it: as the end of the schedule does for `noAnswer`. */
export async function withCase(
  { world, ledger }: Scene,
  payment: Payment,
  kind: Case['kind'] = 'noAnswer',
): Promise<Payment> {
  const openedAt = world.clock.now();
  const openCase: Case = {
    id: world.ids.uuid(),
    paymentId: payment.id,
    kind,
    evidence: 'nothing heard',
    openedAt,
  };
  const next = { ...payment, version: payment.version + 1, openCases: [...payment.openCases, openCase] };
  const answer = { kind: 'unknown', source: 'statusCheck', attemptOrdinal: 1, effect: 'caseOpened' } as const;
  const result = await ledger.recordAnswer({
    answerId: world.ids.uuid(),
    paymentId: payment.id,
    expectedVersion: payment.version,
    next,
    openCase,
    entries: [],
    answer: { ...answer, at: openedAt },
  });
  assert.equal(result, 'recorded');
  return next;
}

export async function openCaseOf({ ledger }: Scene, { id }: Payment): Promise<RecordedCase> {
  const [open] = await ledger.cases({ paymentId: id, open: true }, { limit: 1 });
  assert.ok(open, 'no open case');
  return open;
}

export async function now({ ledger }: Scene, { id }: Payment): Promise<Payment> {
  const payment = await ledger.paymentById(id);
  assert.ok(payment);
  return payment;
}

/** What was done, or a failed test. */
export function acted(result: Acted | Refusal): Acted {
  if (isRefusal(result)) assert.fail(`refused: ${result.refused} ${JSON.stringify(result.violations ?? '')}`);
  return result;
}

/** What waits for a person. */
export async function waitingNow({ payments }: Scene): Promise<readonly WaitingApproval[]> {
  const page = await payments.desk.approvals({ limit: 9 }, context);
  assert.ok(!('refused' in page));
  return page;
}

export function refusedAs(result: object): string {
  return isRefusal(result) ? result.refused : 'not refused';
}

/** Ann proposes. */
export async function proposed(
  { payments }: Scene,
  payment: Payment,
  open: Case,
  resolution: Resolution,
): Promise<string> {
  const { version } = payment;
  const asked = { caseId: open.id, resolution, version };
  return acted(await payments.desk.resolveCase(by(ann), asked, context)).act.id;
}

/** Ann proposes, Bob confirms; that it was not executed the gateway bears out, long after. */
export async function resolved(scene: Scene, payment: Payment, resolution: Resolution): Promise<Payment> {
  const open = await openCaseOf(scene, payment);
  const id = await proposed(scene, payment, open, resolution);
  const { version } = payment;
  if (resolution === 'notExecuted') knowsNothing(scene);
  return acted(await scene.payments.desk.approve(by(bob), { id, version }, context)).payment;
}

/** The gateway does not know the payment, and would by now. */
export function knowsNothing({ gateway, clock }: Scene): void {
  gateway.onStatus = () => Promise.resolve({ kind: 'notFound' });
  clock.move(3_600_000);
}

/** `debit credit minor` of each entry of the payment, in order. */
export async function entriesOf({ ledger }: Scene, { id }: Payment): Promise<string[]> {
  const entries = await ledger.entries({ paymentId: id }, { limit: 100 });
  return entries.map(({ debit, credit, amount }) => `${debit} ${credit} ${amount.minor}`);
}

export async function availableOf({ ledger }: Scene, { instruction }: Payment): Promise<bigint> {
  const [balance] = await ledger.playerBalances(`player:lucky:${instruction.playerId}`);
  return balance === undefined ? 0n : balance.postedMinor - balance.heldMinor;
}

export async function assertSound({ ledger }: Scene): Promise<void> {
  assert.deepEqual(await ledger.violations(20), []);
}
