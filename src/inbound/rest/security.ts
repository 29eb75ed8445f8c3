/** Who looks after certificates at this door. */
import { type Acting, unfit } from '../../payments/people/acts.ts';
import { refusedUnasked } from '../../payments/refusals.ts';
import { actingOf } from './acting.ts';
import type { Client } from './clients.ts';
import type { Answer } from './endpoint.ts';

/** Only an operator's token stands for a person, and only some look after certificates. */
export function securityOf({ operator }: Client): { readonly refusal: Answer } | { readonly id: string } {
  if (operator === undefined) return { refusal: { problem: 'CLIENT_NOT_A_PERSON' } };
  if (!operator.roles.includes('security')) return { refusal: refusedUnasked('ROLE_MISSING') };
  return { id: operator.id };
}

export function actingSecurely(client: Client, body: unknown): { readonly refusal: Answer } | Acting {
  const acting = actingOf(client, body);
  if ('problem' in acting) return { refusal: acting };
  const refused = unfit(acting, 'security');
  return refused === undefined ? acting : { refusal: refusedUnasked(refused) };
}
