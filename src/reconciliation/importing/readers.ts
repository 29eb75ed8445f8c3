import { readCamt } from '../statements/camt/camt.ts';
import { readMt940 } from '../statements/mt940/mt940.ts';
import type { StatementReader } from '../statements/statement.ts';
import type { ImportingWorld } from './world.ts';

/** The reader for a file: of one CSV profile where it is named, else by what the file begins with. */
export function readersOf(profiles: readonly { readonly name: string }[]): ImportingWorld['readerOf'] {
  return (csvProfile) => {
    if (csvProfile !== undefined && !profiles.some(({ name }) => name === csvProfile)) return undefined;
    return bySight;
  };
}

const bySight: StatementReader = async function* bySight(bytes, bounds) {
  const from = bytes[Symbol.asyncIterator]();
  const first = await from.next();
  const all = async function* () {
    if (first.done !== true) yield first.value;
    for (let next = await from.next(); next.done !== true; next = await from.next()) yield next.value;
  };
  const start = first.done === true ? '' : Buffer.from(first.value).toString('latin1').slice(0, 64);
  yield* (/^(\xEF\xBB\xBF|\xFF\xFE|\xFE\xFF)?[\s\0]*</.test(start) ? readCamt : readMt940)(all(), bounds);
};
