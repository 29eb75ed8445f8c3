import { stateTable } from '../../payments/states.ts';

/** Names that the checks of a page of payments share, as SQL. */

export const playerOfPage = `concat('player:', page.brand, ':', page.player_id)`;
export const receivableOfPage = `concat('receivable:', page.brand, ':', page.player_id)`;

export const finals = listed(
  Object.entries(stateTable).flatMap(([name, { final }]) => (final ? [name] : [])),
);

/** What ended without money moving. */
export const notExecuted = listed(['rejected', 'cancelled', 'expired']);

/** Each case of the page's payments that holds, or held, money in suspense, with how it ended. */
export const suspendingCase = `
  payment_case left join case_end on case_end.case_id = payment_case.id
  where payment_case.payment_id = page.id and payment_case.suspense_minor is not null`;

/** Words of ours only, never a value. */
export function listed(words: readonly string[]): string {
  return `(${words.map((word) => `'${word}'`).join(', ')})`;
}
