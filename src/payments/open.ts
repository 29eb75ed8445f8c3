import { cancel } from './cancel.ts';
import { checkDue } from './check-due.ts';
import { Flights, type UnderWay } from './flights.ts';
import { askForgotten } from './forgotten.ts';
import { hearStatement } from './hear-statement.ts';
import { initiate } from './initiate.ts';
import { orLedgerRefusal } from './ledger-trouble.ts';
import type { Payments } from './payments.ts';
import { approvals } from './people/approvals.ts';
import { assign, caseFile, comment } from './people/cases.ts';
import type { Desk } from './people/desk.ts';
import { proposeResolution } from './people/propose.ts';
import { approveById, rejectById } from './people/verdicts.ts';
import { recover } from './recover.ts';
import type { Refusal } from './refusals.ts';
import { refund } from './returns/refund.ts';
import { tellReturn } from './returns/tell-return.ts';
import { status } from './status.ts';
import { transfer } from './transfer.ts';
import { applyWebhooks, receiveWebhook } from './webhooks.ts';
import type { CallContext, World } from './world.ts';

/** The use cases over one world. A ledger that is away becomes a refusal here, for every one of them alike. */
export function openPayments(world: World): Payments {
  const underWay: UnderWay = { carried: new Flights(), asked: new Flights() };
  return {
    initiate: (partner, request, context) =>
      orRefused(world, context, initiate(world, underWay.carried, { partner, request, context })),
    status: (partner, identifier, context) =>
      orRefused(world, context, status(world, underWay, { partner, identifier, context })),
    cancel: (partner, paymentId, context) =>
      orRefused(world, context, cancel(world, underWay, { partner, paymentId, context })),
    refund: (partner, paymentId, request, context) =>
      orRefused(world, context, refund(world, underWay.carried, { partner, paymentId, request, context })),
    tellReturn: (acting, told, context) =>
      orRefused(world, context, tellReturn(world, acting, told, context)),
    transfer: (order, context) => orRefused(world, context, transfer(world, order, context)),
    receiveWebhook: (gateway, event, context) =>
      orRefused(world, context, receiveWebhook(world, gateway, event)),
    applyWebhooks: (signal) => applyWebhooks(world, signal),
    hearStatement: (word, context) => hearStatement(world, word, context),
    checkDue: (signal) => checkDue(world, underWay, signal),
    askForgotten: (signal) => askForgotten(world, underWay, signal),
    recover: (signal) => recover(world, underWay, signal),
    desk: deskOf(world, underWay),
    drained: async (signal) => {
      const landed = Promise.all([underWay.carried.ended(), underWay.asked.ended()]);
      await Promise.race([landed, aborted(signal)]);
    },
  };
}

function deskOf(world: World, underWay: UnderWay): Desk {
  return {
    caseFile: (caseId, context) => orRefused(world, context, caseFile(world, caseId)),
    assignCase: (acting, given, context) => orRefused(world, context, assign(world, acting, given)),
    commentCase: (acting, caseId, context) => orRefused(world, context, comment(world, acting, caseId)),
    resolveCase: (acting, proposed, context) =>
      orRefused(world, context, proposeResolution(world, acting, proposed)),
    approvals: (page, context) => orRefused(world, context, approvals(world, page)),
    approve: (acting, asked, context) =>
      orRefused(world, context, approveById(world, underWay, { ...acting, ...asked, context })),
    reject: (acting, asked, context) =>
      orRefused(world, context, rejectById(world, { ...acting, ...asked, context })),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function orRefused<Result>(
  { limits, events }: World,
  context: CallContext,
  work: Promise<Result>,
): Promise<Result | Refusal> {
  return orLedgerRefusal(work, {
    retryAfterSeconds: limits.ledgerRetryAfterSeconds,
    failed: (failure) => events.ledgerFailed(failure),
    context,
  });
}
