/** Who calls the internal door: the partner whose token is shown, or whoever can read the token of the home. */
import { timingSafeEqual } from 'node:crypto';
import type { Operator } from '../../payments/ledger-store.ts';
import type { Operation, Partner } from '../../payments/partners.ts';
import type { LedgerDirectory } from '../ledger-directory.ts';
import { tokenDigest } from './bearer.ts';

/** What a caller may ask for. Without a partner he instructs no payments: a payment is somebody's. */
export interface Client {
  readonly operations: readonly Operation[];
  readonly partner?: Partner;
  /** A person who works on cases and approvals; he looks, and pays nothing. */
  readonly operator?: Pick<Operator, 'id' | 'roles'>;
}

/** By the digest of the token that was shown. Who is told from whom is for the log; a caller reads the same of both. */
export type IdentifyClient = (shown: string) => Client | ClientRefused;

export interface ClientRefused {
  /** `ambiguous`: the token stands for two partners, and nobody guesses which. */
  readonly refused: 'unknownToken' | 'disabled' | 'ambiguous';
  readonly partnerId?: string;
}

/** The client of the home token: enough to look and to move money between cage and tables until clients are configured. */
const homeClient: Client = { operations: ['read', 'transfer'] };

/**
 * Clients by their tokens' digests. The home token, where there is one, counts only as long as nobody else has a token:
 * a key that nobody configured must not stay in the door. The time that a look-up takes says nothing of the tokens.
 */
export function clientsOf(
  directory: Pick<LedgerDirectory, 'partners' | 'hasTokens'>,
  homeToken?: string,
  operators: () => readonly Operator[] = () => [],
): IdentifyClient {
  const homeDigest = homeToken === undefined ? [] : [Buffer.from(tokenDigest(homeToken))];
  const keysOf = keysOnce();

  return (shown) => {
    const presented = Buffer.from(shown);
    const [person] = operators().filter((operator) => matches(digestsOf(operator), presented));
    if (person !== undefined) return { operations: ['read'], operator: person };
    if (matches(homeDigest, presented) && !directory.hasTokens()) return homeClient;
    const [partner, other] = keysOf(directory.partners())
      .filter(({ digests }) => matches(digests, presented))
      .map((key) => key.partner);
    if (partner === undefined) return { refused: 'unknownToken' };
    if (other !== undefined) return { refused: 'ambiguous' };
    if (!partner.enabled) return { refused: 'disabled', partnerId: partner.id };
    return { operations: partner.operations, partner };
  };
}

function digestsOf({ tokenDigests }: Pick<Partner, 'tokenDigests'>): Buffer[] {
  return tokenDigests.map((digest) => Buffer.from(digest));
}

interface Keys {
  readonly partner: Partner;
  readonly digests: readonly Buffer[];
}

/** The partners that have tokens, read once for each list that the directory gives out. */
function keysOnce(): (partners: readonly Partner[]) => readonly Keys[] {
  let read: { readonly partners: readonly Partner[]; readonly keys: readonly Keys[] } | undefined;
  return (partners) => {
    if (read?.partners !== partners) {
      const keys = partners.map((partner) => ({ partner, digests: digestsOf(partner) }));
      read = { partners, keys: keys.filter(({ digests }) => digests.length > 0) };
    }
    return read.keys;
  };
}

/** Looks at every digest, whichever matches. */
function matches(digests: readonly Buffer[], presented: Buffer): boolean {
  return digests.filter((digest) => timingSafeEqual(digest, presented)).length > 0;
}
