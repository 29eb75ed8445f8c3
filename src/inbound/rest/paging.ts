/** A page of a list, as its query asks for it, and as it is answered. */
import type { AnySchemaObject } from 'ajv/dist/2020.js';
import type { Refusal } from '../../payments/refusals.ts';
import { compileJsonSchema } from '../../platform/json-schema.ts';
import { readCursor, sameFilter, writeCursor } from './cursor.ts';
import { invalid, type Reply } from './endpoint.ts';
import type { Query } from './query.ts';

interface List {
  /** Its member in the document, and the end of its path. */
  readonly name:
    | 'payments'
    | 'entries'
    | 'cases'
    | 'approvals'
    | 'statement-files'
    | 'statements'
    | 'statement-entries'
    | 'breaks'
    | 'closes';
  /** The parameters that choose items: text each, with a pattern. */
  readonly filters: Readonly<Record<string, AnySchemaObject>>;
  /** Parameters that only count together. */
  readonly together?: Readonly<Record<string, readonly string[]>>;
  /** How the id of an item looks. */
  readonly after: RegExp;
}

export interface WantedPage {
  readonly filter: Query;
  readonly after?: string;
  readonly limit: number;
}

const limitDefault = 50;

/** One to 200. */
const limitSchema = {
  type: 'string',
  pattern: '^([1-9][0-9]?|1[0-9]{2}|200)$',
  description: `How many at most, 1 to 200; ${limitDefault} where nothing is said.`,
} as const;

const cursorSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{1,2000}$',
  description:
    'Where the last page ended: its `next`. It carries the filter, which may be left out or must be the same.',
} as const;

/** Reads and writes the pages of one list. */
export function pagesOf({ name, filters, together = {}, after: itemId }: List) {
  const schemaOf = (properties: List['filters']) => ({
    type: 'object',
    additionalProperties: false,
    dependentRequired: together,
    properties,
  });
  const filterViolations = compileJsonSchema(schemaOf(filters), { violationsMax: 1 });

  return {
    query: schemaOf({ ...filters, limit: limitSchema, cursor: cursorSchema }),

    /** What a query asks for that its schema has accepted, or why its cursor is none of this list or of this filter. */
    read({ limit: limitText, cursor: cursorText, ...given }: Query): WantedPage | Refusal {
      const limit = Number(limitText ?? limitDefault);
      if (cursorText === undefined) return { filter: given, limit };
      const cursor = readCursor(name, cursorText);
      if (cursor === undefined || !itemId.test(cursor.after) || filterViolations(cursor.filter).length > 0) {
        return invalid([{ path: '/query/cursor', rule: 'a next of this list' }]);
      }
      if (Object.keys(given).length > 0 && !sameFilter(given, cursor.filter)) {
        return invalid([{ path: '/query/cursor', rule: 'the filter that it began with' }]);
      }
      return { ...cursor, limit };
    },

    /** The page of items that were found, of which one more than `limit` was asked for: it says whether there is another page. */
    reply<Item extends { readonly id: string }>(
      { filter, limit }: WantedPage,
      found: readonly Item[],
      view: (item: Item) => object,
    ): Reply {
      const items = found.slice(0, limit);
      const last = items.at(-1);
      if (found.length <= limit || last === undefined) return { document: { [name]: items.map(view) } };
      const next = writeCursor(name, { filter, after: last.id });
      return {
        document: { [name]: items.map(view), next },
        headers: { Link: `</v1/${name}?limit=${limit}&cursor=${next}>; rel="next"` },
      };
    },
  };
}

/** The document of a page. */
export function pageSchema(title: string, name: List['name'], item: AnySchemaObject): AnySchemaObject {
  return {
    title,
    type: 'object',
    additionalProperties: false,
    required: [name],
    properties: {
      [name]: { type: 'array', items: item },
      next: { ...cursorSchema, description: 'The cursor of the next page; absent on the last one.' },
    },
  };
}
