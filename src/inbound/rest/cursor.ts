/**
 * Cursors of lists: opaque to callers, and they carry the filter that they belong to, so that no page is read by another
 * one. They are no secret and no permission: what a client may see is decided anew for every page.
 */
import type { Query } from './query.ts';

export interface Cursor {
  readonly filter: Query;
  /** The last item of the page before. */
  readonly after: string;
}

const version = 1;

export function writeCursor(list: string, { filter, after }: Cursor): string {
  return Buffer.from(JSON.stringify([version, list, sorted(filter), after])).toString('base64url');
}

/** The cursor of this list in a text, its filter still to be held against the list's schema; undefined where it is none. */
export function readCursor(list: string, text: string): Cursor | undefined {
  const [ofVersion, ofList, filter, after, ...more] = listIn(Buffer.from(text, 'base64url').toString());
  if (ofVersion !== version || ofList !== list || more.length > 0) return undefined;
  if (typeof after !== 'string' || typeof filter !== 'object' || filter === null) return undefined;
  return { filter: { ...filter }, after };
}

export function sameFilter(one: Query, other: Query): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(filter: Query): Query {
  return Object.fromEntries(Object.entries(filter).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function listIn(text: string): readonly unknown[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}
