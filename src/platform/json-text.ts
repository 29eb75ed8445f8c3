/** JSON as this house reads it from others: one document, in which nothing can be read in two ways. */

/** Why a text is not read: it is no JSON, a member stands twice in one object, or its parts lie too deep in one another. */
export type JsonRefusal = 'notWellFormed' | 'memberRepeated' | 'tooDeep';

/**
 * Reads one JSON document. A repeated member is refused, because `JSON.parse` takes the last one and whoever stands
 * before us may have looked at the first; two spellings of one name (`a` and `\u0061`) are one name.
 */
export function readJsonText(
  text: string,
  { depthMax }: { readonly depthMax: number },
): { readonly document: unknown } | JsonRefusal {
  let document: unknown;
  try {
    // V8's parser keeps its own stack, so that a deep document costs memory in proportion and nothing else.
    document = JSON.parse(text);
  } catch {
    return 'notWellFormed';
  }
  return faultIn(text, depthMax) ?? { document };
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** Walks over the strings and brackets of a text that is well-formed. A string before a colon is a name. */
function faultIn(text: string, depthMax: number): JsonRefusal | undefined {
  const open: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') {
      open.push(new Set());
      if (open.length > depthMax) return 'tooDeep';
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const name = JSON.parse(last) as string;
      const names = open.at(-1);
      if (names?.has(name)) return 'memberRepeated';
      names?.add(name);
    }
    last = token;
  }
  return undefined;
}
