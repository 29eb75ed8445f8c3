import type { Page, RecordedAct } from '../ledger-store.ts';
import type { World } from '../world.ts';
import type { WaitingApproval } from './desk.ts';
import { effectOfApproval, effectOfResolution } from './effect.ts';
import { caseWithId, present, proposersNow, standingProposal } from './found.ts';
import { resolutions } from './resolutions.ts';

/** Pages of proposals that are gone through for one answer: most that are open wait for somebody. */
const pagesMax = 100;

/**
 * What waits for a person: payments first, by their ids, and behind the last of them the proposals about cases, by theirs.
 * An id names one place of both, because each is one or the other.
 */
export async function approvals(world: World, { after, limit }: Page): Promise<readonly WaitingApproval[]> {
  const isBehindPayments = after !== undefined && (await world.ledger.paymentById(after)) === undefined;
  const payments = isBehindPayments ? [] : await waitingPayments(world, { limit, ...(after && { after }) });
  const left = limit - payments.length;
  if (left === 0) return payments;
  const from = isBehindPayments ? { after } : {};
  return [...payments, ...(await waitingProposals(world, { limit: left, ...from }))];
}

async function waitingPayments(world: World, page: Page): Promise<WaitingApproval[]> {
  const payments = await world.ledger.payments({ states: ['awaitingApproval'] }, page);
  const waiting: WaitingApproval[] = [];
  for (const payment of payments) {
    const proposal = await standingProposal(world, payment);
    const effect = await effectOfApproval(world, payment);
    waiting.push({ id: payment.id, kind: 'payment', payment, effect, ...(proposal && { proposal }) });
  }
  return waiting;
}

/** A proposal whose case has ended, or whose proposer may propose no more, is left behind; its page goes on. */
async function waitingProposals(world: World, { after, limit }: Page): Promise<WaitingApproval[]> {
  const waiting: WaitingApproval[] = [];
  const proposers = await proposersNow(world);
  let last = after;
  for (let pages = 0; pages < pagesMax; pages += 1) {
    const page = { limit, ...(last !== undefined && { after: last }) };
    const proposals = await world.ledger.acts({ openProposals: true }, page);
    for (const proposal of proposals.filter(({ subject }) => proposers.has(subject))) {
      const found = await waitingProposal(world, proposal);
      if (found !== undefined) waiting.push(found);
      if (waiting.length === limit) return waiting;
    }
    last = proposals.at(-1)?.id;
    if (proposals.length < limit) break;
  }
  return waiting;
}

async function waitingProposal(world: World, proposal: RecordedAct): Promise<WaitingApproval | undefined> {
  const { id, caseId, detail } = proposal;
  const found = caseId === undefined ? undefined : await caseWithId(world, caseId);
  if (found === undefined || found.end !== undefined) return undefined;
  const payment = present(await world.ledger.paymentById(found.paymentId));
  const waiting = { id, kind: 'resolution', payment, proposal } as const;
  const resolution = resolutions.find((one) => one === detail);
  const isStanding = payment.version === proposal.version && resolution !== undefined;
  if (!isStanding) return waiting;
  return { ...waiting, effect: await effectOfResolution(world, payment, found, resolution) };
}
