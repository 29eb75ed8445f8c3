import { readCamt } from './camt/camt.ts';
import { readCsv } from './csv/csv.ts';
import type { CsvProfile } from './csv/profile.ts';
import { readMt940 } from './mt940/mt940.ts';
import type { ReadBounds, StatementPart, StatementReader } from './statement.ts';

export interface ReadOptions {
  /** The file is CSV of this profile, whatever it looks like. */
  readonly csvProfile?: CsvProfile;
  /** Profiles that a file may show by its header line to be of. */
  readonly csvProfiles?: readonly CsvProfile[];
}

/** As much of a file's beginning as is looked at: what stands before a statement is not longer. */
const headBytesMax = 64 * 1024;

/**
 * Reads a file of any format: by the profile that is named, else by what its first 64 KiB look like. XML goes to the camt
 * reader, what has the tags or blocks of SWIFT to the one for MT940, and CSV to the profile whose header line it has. A
 * file that is none of them is refused as `unknownFormat`, one that fits two profiles alike as `severalProfiles`.
 */
export async function* readStatement(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadOptions,
  bounds: ReadBounds,
): AsyncGenerator<StatementPart, void, undefined> {
  if (options.csvProfile !== undefined) {
    yield* readCsv(options.csvProfile)(bytes, bounds);
    return;
  }
  const source = bytes[Symbol.asyncIterator]();
  try {
    const { head, chunks } = await headOf(source);
    const reader = await readerFor(head, options.csvProfiles ?? [], bounds);
    if (typeof reader === 'string') yield { part: 'refused', rule: reader };
    else yield* reader(all(chunks, source), bounds);
  } finally {
    await source.return?.();
  }
}

interface Head {
  readonly head: Uint8Array;
  /** What was taken from the source so far. */
  readonly chunks: readonly Uint8Array[];
}

async function headOf(source: AsyncIterator<Uint8Array>): Promise<Head> {
  const chunks: Uint8Array[] = [];
  for (let length = 0; length < headBytesMax;) {
    const next = await source.next();
    if (next.done === true) break;
    chunks.push(next.value);
    length += next.value.length;
  }
  // A chunk may be longer than the head, and is not copied for that.
  const [only, ...more] = chunks;
  const joined = only !== undefined && more.length === 0 ? only : Buffer.concat(chunks);
  return { head: joined.subarray(0, headBytesMax), chunks };
}

async function* all(
  chunks: readonly Uint8Array[],
  source: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield* chunks;
  for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
}

/** Behind a byte order mark and blanks; in UTF-16 a NUL stands beside the bracket. */
const xml = /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*</;
const swift =
  /(?:^|\n)(?:\xef\xbb\xbf)?[^\P{Cc}\n]*(?:\{[1-4]:|:(?:20|25P?|28C?|60[FM]?|61|62[FM]?|940|942):)/u;

async function readerFor(
  head: Uint8Array,
  profiles: readonly CsvProfile[],
  bounds: ReadBounds,
): Promise<StatementReader | 'unknownFormat' | 'severalProfiles'> {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  if (xml.test(text)) return readCamt;
  if (swift.test(text)) return readMt940;
  const profile = await profileOf(head, profiles, bounds);
  if (profile === undefined) return 'unknownFormat';
  return profile === 'severalProfiles' ? profile : readCsv(profile);
}

/** The profile that asks for the most columns of those whose header line this is. */
async function profileOf(
  head: Uint8Array,
  profiles: readonly CsvProfile[],
  bounds: ReadBounds,
): Promise<CsvProfile | 'severalProfiles' | undefined> {
  const fitting: CsvProfile[] = [];
  for (const profile of profiles) if (await fits(head, profile, bounds)) fitting.push(profile);
  const wanted = Math.max(...fitting.map(columnsOf));
  const [first, ...others] = fitting.filter((profile) => columnsOf(profile) === wanted);
  return others.length > 0 ? 'severalProfiles' : first;
}

function columnsOf({ header }: CsvProfile): number {
  return 'required' in header ? header.required.length : 0;
}

/** Refusals that say that the file begins otherwise than the profile. */
const misfits = new Set([
  'missingHeader',
  'missingColumn',
  'repeatedColumn',
  'otherProfile',
  'notInItsEncoding',
  'quoteNotClosed',
  'recordTooLong',
  'tooManyColumns',
]);

/** Whether the profile's own reader takes the file's beginning. One without a header line shows nothing: it must be named. */
async function fits(head: Uint8Array, profile: CsvProfile, bounds: ReadBounds): Promise<boolean> {
  const hasHeader = 'required' in profile.header && profile.header.required.length > 0;
  if (!hasHeader && profile.records === undefined) return false;
  for await (const part of readCsv(profile)(once(firstLines(head, profile)), bounds)) {
    if (part.part === 'refused') return !misfits.has(part.rule);
    if (part.part === 'opened') return true;
  }
  return true;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  await Promise.resolve();
  yield bytes;
}

/** What stands in front of the header line, and that line; or the first row, where rows are of several types. */
function firstLines(head: Uint8Array, { file }: CsvProfile): Uint8Array {
  const width = file.encoding === 'utf-16le' ? 2 : 1;
  let end = 0;
  for (let lines = 0; lines <= (file.preambleLines ?? 0); lines += 1) {
    const at = head.indexOf(0x0a, end);
    if (at < 0) return head;
    end = at + width;
  }
  return head.subarray(0, end);
}
