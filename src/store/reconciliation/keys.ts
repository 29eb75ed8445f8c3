import { createHash } from 'node:crypto';
import { isPlaceholder } from '../../reconciliation/importing/identity.ts';
import { referenceKey } from '../../reconciliation/statement-store.ts';
import type { Entry, References } from '../../reconciliation/statements/statement.ts';

const keyLengthMax = 200;

/** A text as a key of the schema, which is short and of ASCII: any other text is told by its digest. */
export function keyOf(text: string): string {
  if (text.length <= keyLengthMax && /^[\u0020-\u007e]*$/.test(text)) return text;
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The keys of everything that an entry and its details are known by. */
export function referencesOf({ references, details }: Entry): readonly string[] {
  const told = [references, ...details.map((detail) => detail.references)].flatMap(textsOf);
  const keys = told.filter((text) => !isPlaceholder(text)).map((text) => keyOf(referenceKey(text)));
  return [...new Set(keys)];
}

function textsOf({ other, ...named }: References): readonly string[] {
  return [...Object.values(named), ...Object.values(other ?? {})].filter((text) => text !== undefined);
}
