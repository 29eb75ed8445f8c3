/** What must hold, said a second time and otherwise than the bridge says it. */
import type { Order } from '../../src/payments/gateways.ts';
import type { ModelGateway } from './model-gateway.ts';
import type { PaymentSeen } from './model-ledger.ts';
import type { Scene } from './model-scene.ts';

const finals = new Set(['completed', 'rejected', 'cancelled', 'expired']);

/** Asked in the moment in which a gateway is sent an order, before it does anything (I1, I2, I8, I9). */
export function checkSend(scene: Scene, gateway: ModelGateway, order: Order): void {
  const { seen, problems, clock, gateways } = scene;
  const at = clock.now().getTime();
  const attempt = seen.attempt(order.instrId);
  const told = (problem: string) => problems.push(`${problem}: ${order.instrId} at ${gateway.name}`);
  if (attempt === undefined) return void told('I2: sent without a committed intent');
  if (attempt.gateway !== gateway.name) told('I1: sent to another gateway than the intent names');
  if (at >= order.sendBefore.getTime()) told('I9: sent when its time was over');
  const before = gateway.instructed.get(order.instrId);
  if (before !== undefined) checkResend({ gateway, order, at, intendedAt: attempt.intendedAt, told });
  for (const other of seen.attemptsOf(attempt.paymentId)) {
    if (other.ordinal >= attempt.ordinal) continue;
    const sends = gateways.flatMap(({ instructed }) => instructed.get(other.instrId)?.sends ?? []);
    if (sends.some(({ answer }) => answer !== 'neverSent')) told('I1: sent although it may have left before');
  }
}

/** The resend rule of design 6, with the numbers of the tests' gateway. */
function checkResend({
  gateway,
  order,
  at,
  intendedAt,
  told,
}: {
  gateway: ModelGateway;
  order: Order;
  at: number;
  intendedAt: string;
  told: (problem: string) => unknown;
}): void {
  const { checks, totalTimeoutMs, instructed } = gateway;
  const known = instructed.get(order.instrId);
  const last = known?.sends.at(-1);
  if (known === undefined || last === undefined) return;
  if (checks.dedupWindowMs === undefined) told('I9: sent again to a gateway that does not know it again');
  if (known.sends.length > checks.resendsMax) told('I9: sent again too often');
  const fromGrace = last.order.sendBefore.getTime() + checks.notFoundGraceMs;
  const counted = known.notFoundAt.map((asked) => asked.getTime()).filter((asked) => asked >= fromGrace);
  const span = (counted.at(-1) ?? 0) - (counted[0] ?? 0);
  if (counted.length < 2 || span < (checks.scheduleMs[0] ?? 0)) {
    told('I9: sent again without two not-founds behind the grace');
  }
  const knownUntil = Date.parse(intendedAt) + (checks.dedupWindowMs ?? 0);
  if (order.sendBefore.getTime() + totalTimeoutMs > knownUntil) told('I9: sent again past the dedup window');
  if (at < last.at.getTime()) told('time went backwards');
}

/** Asked now and then: nothing that was seen before has become untrue. */
export function checkLedger(scene: Scene): void {
  const { seen, problems, memory } = scene;
  for (const payment of seen.payments()) {
    const { id, state, version } = payment;
    const final = memory.finals.get(id);
    const isCorrected = state === 'completed' && payment.confirmations > 0n;
    if (final !== undefined && final !== state && !isCorrected) {
      problems.push(`I5: ${id} went from ${final} to ${state}`);
    }
    if (finals.has(state)) memory.finals.set(id, state);
    if (version < (memory.versions.get(id) ?? 0n)) problems.push(`${id} went back to version ${version}`);
    memory.versions.set(id, version);
    if (!finals.has(state) && payment.isScheduled === 0n && payment.casesOpen === 0n) {
      problems.push(`I10: ${id} is ${state}, and nobody will ask`);
    }
    if (effectsOf(scene, payment).length > 1 && !wasLiedTo(scene, payment)) {
      problems.push(`I1: ${id} was executed twice`);
    }
  }
}

/** Asked at the end: an event's word was written down once, however often it came and was taken up. */
export function checkWebhooks({ seen, problems, memory }: Scene): void {
  const words = seen.webhookWords();
  if (words > memory.words) problems.push(`I11: ${words} words of ${memory.words} events`);
}

/** Each player has what his transfers and payments come to, and holds what his open withdrawals take. */
export async function checkBalances({ seen, ledger, problems }: Scene): Promise<void> {
  const posted = new Map<string, bigint>();
  const held = new Map<string, bigint>();
  for (const { player, signed } of seen.transferred()) add(posted, player, signed);
  // What people and returns move is in `verify` alone.
  const moved = new Set<string>();
  for (const { player, state, direction, minor, returns, confirmations } of seen.payments()) {
    if (returns > 0n || confirmations > 0n) moved.add(player);
    if (state === 'completed') add(posted, player, direction === 'CRDT' ? minor : -minor);
    if (!finals.has(state) && direction === 'DBIT') add(held, player, minor);
  }
  for (const [player, minor] of posted) {
    if (moved.has(player)) continue;
    const [balance] = await ledger.playerBalances(`player:lucky:${player}`);
    const { postedMinor = 0n, heldMinor = 0n } = balance ?? {};
    if (postedMinor !== minor || heldMinor !== (held.get(player) ?? 0n)) {
      problems.push(
        `I3: ${player} has ${postedMinor} and holds ${heldMinor}, not ${minor} and ${held.get(player)}`,
      );
    }
  }
}

/** When the faults have stopped and time has passed: everything is where the gateways say, or with people. */
export function checkEnd(scene: Scene): void {
  const { seen, problems, memory } = scene;
  for (const payment of seen.payments()) {
    const { id, state, minor, casesOpen, conflictsEver, confirmations } = payment;
    const effects = effectsOf(scene, payment);
    // The PSP told the truth of what it knows by webhook in the end.
    const isLiedTo = instructionsOf(scene, payment).some(
      ({ lied, order, truth }) => lied && (truth === 'absent' || !scene.psp.instructed.has(order.instrId)),
    );
    if (!finals.has(state) && casesOpen === 0n)
      problems.push(`${id} is ${state} for ever, and nobody was asked`);
    if (
      memory.notExecuted.has(id) &&
      effects.length > 0 &&
      !wasLiedTo(scene, payment) &&
      confirmations === 0n
    ) {
      problems.push(`${id} was executed, and a caller was told that it was not`);
    }
    const earlierSettled = instructionsOf(scene, payment)
      .slice(0, -1)
      .some(({ order, truth }) => truth === 'settled' && scene.psp.instructed.has(order.instrId));
    if (earlierSettled && conflictsEver === 0n)
      problems.push(`I1: ${id} was settled before, and nobody was asked`);
    if (state !== 'completed' && finals.has(state) && !isLiedTo && confirmations === 0n) {
      const mayHaveLeft = instructionsOf(scene, payment).some(
        ({ sends, truth }) => truth === 'absent' && sends.some(({ answer }) => answer !== 'neverSent'),
      );
      if (mayHaveLeft) problems.push(`I9: ${id} is ${state} by nobody's word`);
    }
    if (isLiedTo || casesOpen > 0n || conflictsEver > 0n || confirmations > 0n) continue;
    const isRight = effects.length === 0 || (effects.length === 1 && effects[0] === minor);
    if (!isRight || (state === 'completed') !== (effects.length === 1)) {
      problems.push(`I1: ${id} is ${state}, and its gateway executed [${effects.join()}] of ${minor}`);
    }
  }
}

function instructionsOf({ seen, gateways }: Scene, { id }: PaymentSeen) {
  return seen
    .attemptsOf(id)
    .flatMap(({ instrId }) => gateways.flatMap(({ instructed }) => instructed.get(instrId) ?? []));
}

function wasLiedTo(scene: Scene, payment: PaymentSeen): boolean {
  return instructionsOf(scene, payment).some(({ lied }) => lied);
}

function effectsOf(scene: Scene, payment: PaymentSeen): readonly bigint[] {
  return instructionsOf(scene, payment).flatMap(({ effects }) => effects);
}

function add(to: Map<string, bigint>, player: string, minor: bigint): void {
  to.set(player, (to.get(player) ?? 0n) + minor);
}
