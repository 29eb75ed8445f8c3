/** What `certs issue` and `certs sign` have in common: whose certificate it is to be, and what it would be. */
import { nameTexts } from '../pki/alt-names.ts';
import type { AuthorityFolder } from '../pki/authority-folder.ts';
import {
  type IssueTerms,
  leafDays,
  leafDaysMax,
  type LeafOrder,
  type LeafRole,
  leafValidity,
  namesOf,
  orderRefusal,
} from '../pki/issuing.ts';
import { systemClock } from '../platform/clock.ts';
import { tellRefusal } from './certs-refusals.ts';
import {
  actOptions,
  actTerms,
  daysFrom,
  nameOptions,
  namesFrom,
  type NameValues,
  partnerIdFrom,
  passphraseFrom,
} from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { type Terminal, UsageError } from './command.ts';

export const leafOptions = {
  ...actOptions,
  ...nameOptions,
  partner: { type: 'string' },
  days: { type: 'string' },
  automatic: { type: 'boolean' },
  out: { type: 'string', default: '.' },
} as const;

interface LeafValues extends NameValues {
  readonly partner?: string;
  readonly days?: string;
  readonly automatic?: boolean;
  readonly passphrase?: string;
  readonly reason?: string;
  readonly json?: boolean;
  readonly 'dry-run'?: boolean;
}

export function leafRoleFrom(word: string | undefined): LeafRole {
  if (word === 'server' || word === 'client') return word;
  throw new UsageError('say server or client');
}

export function leafOrderFrom(role: LeafRole, values: LeafValues): LeafOrder {
  const partnerId = partnerIdFrom(values.partner);
  return {
    role,
    ...(partnerId !== undefined && { partnerId }),
    names: namesFrom(values),
    days: daysFrom(values.days, '--days', { or: leafDays, max: leafDaysMax }),
    automatic: values.automatic === true,
  };
}

/** The name of its files, without their ending. */
export function leafFileName({ role, partnerId }: Pick<LeafOrder, 'role' | 'partnerId'>): string {
  return partnerId === undefined ? role : `${role}-${partnerId}`;
}

/** The issuing authority of the folder signs, in the name of whoever runs the command. */
export async function issueTermsFrom(
  terminal: Terminal,
  folder: AuthorityFolder,
  values: LeafValues,
): Promise<IssueTerms> {
  const passphrase = passphraseFrom(values.passphrase, terminal, '--passphrase');
  const act = actTerms(values.reason, 'a new certificate')();
  return { signer: await folder.signer('issuing', passphrase), now: systemClock.now(), act };
}

/** What would be issued, under no number yet. */
export async function tellTrial(
  terminal: Terminal,
  values: LeafValues,
  {
    order,
    terms,
    did,
    files,
  }: { order: LeafOrder; terms: IssueTerms; did: 'issued' | 'signed'; files: string[] },
): Promise<number> {
  const refusal = orderRefusal(order, terms);
  if (refusal !== undefined) return tellRefusal(terminal, { refused: refusal });
  const certificate = {
    serialNumber: '',
    fingerprint256: '',
    issuerHash: '',
    keyHash: '',
    role: order.role,
    ...(order.partnerId !== undefined && { partnerId: order.partnerId }),
    names: nameTexts(namesOf(order)),
    ...leafValidity(order, terms.signer, terms.now),
    how: did,
  };
  return tellDone(terminal, values, { did, certificates: [certificate], files });
}
