import { stateTable } from '../../payments/states.ts';

/** Names that the checks of a page of payments share, as SQL. */

export const playerOfPage = `concat('player:', page.brand, ':', page.player_id)`;

export const finals = listed(
  Object.entries(stateTable).flatMap(([name, { final }]) => (final ? [name] : [])),
);

/** What ended without money moving. */
export const notExecuted = listed(['rejected', 'cancelled', 'expired']);

/** Words of ours only, never a value. */
export function listed(words: readonly string[]): string {
  return `(${words.map((word) => `'${word}'`).join(', ')})`;
}
