import { orLedgerRefusal } from '../../payments/ledger-trouble.ts';
import type { PartnerDirectory } from '../../payments/partners.ts';
import type { Refusal } from '../../payments/refusals.ts';
import type { AnswerWithin } from '../ledger-patience.ts';
import type { Client, ClientRefused, IdentifyClient } from './clients.ts';
import type { InternalDoorEvents } from './door-events.ts';
import type { InternalDoorLimits } from './limits.ts';
import type { OperatorRoster } from './operators.ts';
import type { Visit } from './visit.ts';

export interface ClientSources {
  readonly clientOf: IdentifyClient;
  /** Who of those that it finds are people is read again before they are believed. */
  readonly directory: Pick<PartnerDirectory, 'refreshed'>;
  readonly operators: Pick<OperatorRoster, 'refresh'>;
  readonly answerWithin: AnswerWithin;
  readonly events: Pick<InternalDoorEvents, 'ledgerFailed'>;
  readonly limits: Pick<InternalDoorLimits, 'overloadedRetryAfterSeconds'>;
}

/** Nobody is believed for long without the ledger, which knows partners and persons; who is no partner may be a person. */
export async function clientNow(
  { clientOf, directory, operators, answerWithin, limits, events }: ClientSources,
  { shown, context }: Pick<Visit, 'shown' | 'context'>,
): Promise<Client | ClientRefused | Refusal> {
  const client = clientOf(shown);
  const isPerson = 'operator' in client || ('refused' in client && client.refused === 'unknownToken');
  const look = async (): Promise<void> => {
    await Promise.all([directory.refreshed(), ...(isPerson ? [operators.refresh()] : [])]);
  };
  const refused = await orLedgerRefusal(answerWithin(look()), {
    retryAfterSeconds: limits.overloadedRetryAfterSeconds,
    failed: events.ledgerFailed,
    context,
  });
  return refused ?? clientOf(shown);
}
