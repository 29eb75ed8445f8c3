/** `certs rotate`: the next one beside the present one, tried before anything depends on it. */
import { rotateAuthority } from './certs-rotate-ca.ts';
import { rotateIdentity } from './certs-rotate-identity.ts';
import { type Terminal, UsageError } from './command.ts';
import { rotatePartner } from './partners-rotate.ts';

/** 0 where the next one was tried, written and, where that was asked, is served. */
export async function rotate([what, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  switch (what) {
    case 'server':
      return rotateIdentity('server', rest, terminal);
    case 'client':
      // A partner's certificate is his row's business: the same words, whichever command says them.
      return rest.some(isPartner)
        ? rotatePartner(partnerFirst(rest), terminal)
        : rotateIdentity('client', rest, terminal);
    case 'ca':
      return rotateAuthority(rest, terminal);
    case undefined:
    default:
      throw new UsageError('say server, client or ca');
  }
}

function isPartner(argument: string): boolean {
  return argument === '--partner' || argument.startsWith('--partner=');
}

/** `partners rotate` takes the id by itself. */
function partnerFirst(args: readonly string[]): readonly string[] {
  const at = args.findIndex(isPartner);
  const [, written] = args[at]?.split('=') ?? [];
  const id = written ?? args[at + 1];
  if (id === undefined) throw new UsageError('say --partner ID');
  return [id, ...args.slice(0, at), ...args.slice(at + (written === undefined ? 2 : 1))];
}
