import type { IncomingMessage } from 'node:http';

/** The parameters of a query, each once, as text. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Reads the query of a request. A repeated parameter is refused: two readers could each take another one for the true one. */
export function readQuery({ url = '' }: Pick<IncomingMessage, 'url'>): Query | 'repeated' {
  const start = url.indexOf('?');
  const pairs = start === -1 ? [] : [...new URLSearchParams(url.slice(start))];
  const query = new Map(pairs);
  return query.size < pairs.length ? 'repeated' : Object.fromEntries(query);
}
