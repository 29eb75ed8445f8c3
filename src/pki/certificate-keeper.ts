/** Keeps the parts of a running bridge at the certificates that their files hold: a good set is swapped in, a bad one is told of. */
import { Misconfigured } from '../platform/misconfigured.ts';
import { digestOf, type PartFiles, type PartRefusal } from './certificate-set.ts';

/** One part: a door, a gateway, the lists of revoked certificates. */
export interface KeptPart {
  /** Its place in the configuration: `doors.soap`, `gateways.bank`. */
  readonly name: string;
  /** What it was opened with. */
  readonly served: PartFiles;
  /** The same object as long as nothing has changed. @throws Misconfigured where a file cannot be read */
  readonly read: () => PartFiles;
  /** Why it may not be served by these. */
  readonly refusal: (
    files: PartFiles,
    served: PartFiles,
    look: { readonly now: Date; readonly accepted: readonly string[] },
  ) => PartRefusal | undefined;
  /** Serves by these from now on, or says why not. @throws where OpenSSL refuses them; then, too, nothing has changed */
  readonly apply: (files: PartFiles) => PartRefusal | undefined;
}

/** Who made it look: the watch, a signal, or an operator by his id, who may say of reasons that what they tell is meant. */
export type LookCause =
  'watch' | 'signal' | { readonly operator: string; readonly accepted?: readonly string[] };

/** Told of what changed, and of nothing else: a bad set that stays is told once. */
export interface KeeperEvents {
  /** The part serves by these now. */
  loaded(part: string, files: PartFiles, cause: LookCause): void;
  /** The files are bad, or what is served has ended; the part goes on with what it had. */
  refused(part: string, refusal: PartRefusal, cause: LookCause): void;
  /** The files hold again what is served, and it is good. */
  recovered(part: string): void;
  /** A bug of ours kept it from looking at the part, which goes on with what it had; the others were looked at. */
  failed(part: string, error: unknown): void;
}

export interface Looked extends Partial<PartRefusal> {
  readonly part: string;
  /** `waiting`: it has changed, and the next look decides. */
  readonly result: 'unchanged' | 'waiting' | 'loaded' | 'refused';
}

export interface RefusedPart extends PartRefusal {
  readonly part: string;
  readonly since: Date;
}

export interface CertificateKeeper {
  /** Decides on what has changed and was the same in the look before: half a rotation is no set. */
  look(): readonly Looked[];
  /** Decides on every part as its files are now. */
  reload(cause: LookCause): readonly Looked[];
  /** Decides again on what is served and on what was refused: certificates end and begin without a change. */
  recheck(): readonly Looked[];
  /** The parts whose files are bad, or whose certificate has ended. */
  refused(): readonly RefusedPart[];
  /** What each part serves by at this moment. */
  served(): readonly { readonly part: string; readonly files: PartFiles }[];
}

export function certificateKeeper(
  parts: readonly KeptPart[],
  clock: { now(): Date },
  told: KeeperEvents,
): CertificateKeeper {
  const kept = parts.map((part) => keep(part, clock, told));
  const all = (how: How, cause: LookCause): readonly Looked[] => kept.map((one) => one.look(how, cause));
  return {
    look: () => all('whatChanged', 'watch'),
    reload: (cause) => all('atOnce', cause),
    recheck: () => all('whatStands', 'watch'),
    refused: () => kept.flatMap((one) => one.refused() ?? []),
    served: () => kept.map((one) => ({ part: one.name, files: one.served() })),
  };
}

type How = 'whatChanged' | 'whatStands' | 'atOnce';

interface Found {
  readonly files?: PartFiles;
  readonly refusal?: PartRefusal;
  readonly digest: string;
}

function keep(part: KeptPart, clock: { now(): Date }, told: KeeperEvents) {
  const { name } = part;
  let served = { files: part.served, digest: digestOf(part.served) };
  let seen = served.digest;
  let decided = served.digest;
  const refusals = refusalsOf(name, clock, told);
  let last: Found | undefined;

  function look(how: How, cause: LookCause): Looked {
    try {
      return lookNow(how, cause);
    } catch (error) {
      if (refusals.present()?.reason !== 'failed') told.failed(name, error);
      // The next look that ends decides anew.
      decided = 'failed';
      return refusals.refuse(decided, { reason: 'failed' }, cause);
    }
  }

  function lookNow(how: How, cause: LookCause): Looked {
    const found = find(part, last);
    last = found;
    const isSettled = found.digest === seen;
    seen = found.digest;
    if (how !== 'atOnce' && !isSettled) return { part: name, result: 'waiting' };
    if (how === 'whatChanged' && found.digest === decided) return { part: name, result: 'unchanged' };
    return decide(found, cause);
  }

  function decide(found: Found, cause: LookCause): Looked {
    decided = found.digest;
    const refusal = refusalOf(found, cause) ?? swapped(found, cause);
    if (refusal !== undefined && refusal !== 'loaded') return refusals.refuse(found.digest, refusal, cause);
    if (refusals.end() && refusal === undefined) told.recovered(name);
    return { part: name, result: refusal ?? 'unchanged' };
  }

  function refusalOf({ files, refusal }: Found, cause: LookCause): PartRefusal | undefined {
    const { accepted = [] } = typeof cause === 'string' ? {} : cause;
    return files === undefined ? refusal : part.refusal(files, served.files, { now: clock.now(), accepted });
  }

  function swapped({ files, digest }: Found, cause: LookCause): PartRefusal | 'loaded' | undefined {
    if (files === undefined || digest === served.digest) return undefined;
    try {
      const refusal = part.apply(files);
      if (refusal !== undefined) return refusal;
    } catch (error) {
      return { reason: 'refusedByTls', ...codeOf(error) };
    }
    served = { files, digest };
    told.loaded(name, files, cause);
    return 'loaded';
  }

  return { name, look, served: () => served.files, refused: refusals.present };
}

/** Why a part goes on with what it had, told once for each content and reason. */
function refusalsOf(part: string, clock: { now(): Date }, told: Pick<KeeperEvents, 'refused'>) {
  let refused: RefusedPart | undefined;
  let of = '';
  return {
    refuse(digest: string, refusal: PartRefusal, cause: LookCause): Looked {
      if (of !== digest || refused?.reason !== refusal.reason) {
        refused = { part, ...refusal, since: clock.now() };
        told.refused(part, refusal, cause);
      }
      of = digest;
      return { part, result: 'refused', ...refusal };
    },
    /** Whether there was one. */
    end(): boolean {
      const wasRefused = refused !== undefined;
      refused = undefined;
      return wasRefused;
    },
    present: () => refused,
  };
}

/** What cannot be read is a content of its own, so that it, too, has to last. */
function find({ read }: KeptPart, last: Found | undefined): Found {
  try {
    const files = read();
    if (last !== undefined && files === last.files) return last;
    return { files, digest: digestOf(files) };
  } catch (error) {
    if (!(error instanceof Misconfigured)) throw error;
    const refusal = { reason: 'fileUnreadable', detail: error.message };
    return { refusal, digest: `unreadable ${error.message}` };
  }
}

function codeOf(error: unknown): { detail?: string } {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? { detail: code } : {};
}
