import type { Claim, ClaimChecks, SettleWebhook, Transfer } from '../payments/ledger-store.ts';
import { entryRow } from './posting-rows.ts';
import type { ClaimChecksWrite, ClaimWebhooksWrite, SettleWebhookWrite, TransferWrite } from './writes.ts';

/** Commands that are rows as they stand. */

export function transferWrite(command: Transfer): TransferWrite {
  return {
    kind: 'transfer',
    transfer: {
      transfer_id: command.transferId,
      command_id: command.commandId,
      fingerprint: command.fingerprint,
      brand: command.brand,
      player_id: command.playerId,
      direction: command.direction,
      amount_minor: command.amount.minor,
      currency: command.amount.currency,
      transferred_at: command.at.toISOString(),
    },
    entries: command.entries.map(entryRow),
  };
}

export function claimChecksWrite({ now, leaseUntil, limit, of }: ClaimChecks): ClaimChecksWrite {
  return {
    kind: 'claimChecks',
    now: now.toISOString(),
    leaseUntil: leaseUntil.toISOString(),
    limit: BigInt(limit),
    ...('gateway' in of ? { gateway: of.gateway, noneOf: [] } : { noneOf: of.noneOf }),
  };
}

export function claimWebhooksWrite({ now, leaseUntil, limit }: Claim): ClaimWebhooksWrite {
  return {
    kind: 'claimWebhooks',
    now: now.toISOString(),
    leaseUntil: leaseUntil.toISOString(),
    limit: BigInt(limit),
  };
}

export function settleWebhookWrite(command: SettleWebhook): SettleWebhookWrite {
  const { id, fence, state, dueAt, tries } = command;
  return {
    kind: 'settleWebhook',
    id,
    fence: BigInt(fence),
    state,
    dueAt: dueAt.toISOString(),
    tries: BigInt(tries),
  };
}
