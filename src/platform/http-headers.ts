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

/** The headers that came once, by their names in lower case. One that came twice is not here, because nobody knows which of the two is meant. */
export function singleHeaders({
  rawHeaders,
}: Pick<IncomingMessage, 'rawHeaders'>): Readonly<Record<string, string>> {
  const found = new Map<string, string | undefined>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    found.set(name, found.has(name) ? undefined : rawHeaders[index + 1]);
  }
  const single = [...found].filter((header): header is [string, string] => header[1] !== undefined);
  // Without a prototype, so that no header is taken for something that every object has.
  return Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(single));
}
