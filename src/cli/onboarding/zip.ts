import { zipSync, type Zippable } from 'fflate';

const unix = 3;
const regularFileMode = 0o100_644;

/** The files as a zip, by path. The same files give the same bytes, wherever and whenever it is made. */
export function zipped(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  // The earliest day that a zip can name, in the zone of this machine, because fflate writes local time.
  const mtime = new Date(1980, 0, 1, 12);
  const paths = [...files.keys()].toSorted(byCode);
  const entries: Zippable = Object.fromEntries(paths.map((path) => [path, [files.get(path) ?? empty, {}]]));
  return zipSync(entries, { level: 9, mtime, os: unix, attrs: regularFileMode * 2 ** 16 });
}

const empty = new Uint8Array();

/** Not by a language's order, which another machine may have otherwise. */
function byCode(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
