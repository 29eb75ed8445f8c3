import type { ActKind, Operator, OperatorAct, OperatorRole } from '../ledger-store.ts';
import type { Payment } from '../payment.ts';
import type { RefusalCode } from '../refusals.ts';
import type { World } from '../world.ts';

/** Who acts: an operator who was authenticated at the door. */
export type Person = Pick<Operator, 'id' | 'roles'>;

/** Why he acts: a short code for machines, and a sentence for people. Neither may be left out. */
export interface Said {
  readonly reason: string;
  readonly comment: string;
}

/** What is known of every act: who, why, on which version of the payment, and asked by whom. */
export interface Acting {
  readonly person: Person;
  readonly said: Said;
}

export const reasonPattern = '^[A-Za-z0-9._-]{1,35}$';
export const commentCharsMax = 1000;

/** One line at least with something in it, and nothing that moves a terminal's cursor. */
export const commentPattern = '^[^\\p{Cc}]*[^\\p{Cc}\\s][^\\p{Cc}]*$';

const reasons = new RegExp(reasonPattern);
const comments = new RegExp(commentPattern, 'u');

/** Why a person may not act; undefined where he may. Without a named role, any role does. */
export function unfit({ person, said }: Acting, role?: OperatorRole): RefusalCode | undefined {
  const { roles } = person;
  if (role === undefined ? roles.length === 0 : !roles.includes(role)) return 'ROLE_MISSING';
  const isSaid = reasons.test(said.reason) && comments.test(said.comment);
  return isSaid && said.comment.length <= commentCharsMax ? undefined : 'EVIDENCE_MISSING';
}

interface About extends Pick<OperatorAct, 'caseId' | 'detail' | 'endsProposal'> {
  readonly kind: ActKind;
  readonly payment: Payment;
}

/** The row of an act. It names the version that the payment has, which is the one that the person saw. */
export function actOf(world: World, { person, said }: Acting, about: About): OperatorAct {
  const { payment, ...facts } = about;
  return {
    ...facts,
    id: world.ids.uuid(),
    paymentId: payment.id,
    subject: person.id,
    reason: said.reason,
    comment: said.comment,
    version: payment.version,
    at: world.clock.now(),
  };
}
