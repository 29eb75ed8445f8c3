import type { After } from '../statement-store.ts';
import type { ReportLimits } from './world.ts';

/** Whether a report saw everything that there is of what it asked for. */
export interface Seen {
  complete: boolean;
}

/** Everything that a paged question answers, page by page, up to the bound; `seen` says whether there was more. */
export async function* through<Item extends { readonly id: string }>(
  { reportPageMax, reportRowsMax }: ReportLimits,
  seen: Seen,
  ask: (page: After) => Promise<readonly Item[]>,
): AsyncGenerator<Item> {
  let after: string | undefined;
  for (let left = reportRowsMax; left > 0; left -= reportPageMax) {
    const page = await ask({ limit: reportPageMax, ...(after !== undefined && { after }) });
    yield* page;
    if (page.length < reportPageMax) return;
    after = page.at(-1)?.id;
  }
  seen.complete = false;
}

/** What the reader of a section must know where not everything was looked at. */
export function incompleteNote({ complete }: Seen): string {
  return complete ? '' : ' There is more than this report may look at: the figures are too low.';
}
