import type { IncomingMessage } from 'node:http';

/**
 * Whether a header that may come once came more than once. Node joins such headers or drops all but the first, and two
 * readers could each take another one for the true one. `names` are in lower case.
 */
export function repeatsHeader(
  { rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>,
  names: ReadonlySet<string>,
): boolean {
  const given = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return given.some((name, index) => names.has(name) && given.indexOf(name) < index);
}
