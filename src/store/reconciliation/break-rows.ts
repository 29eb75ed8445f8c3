import type {
  Break,
  BreakAct,
  BreakEnd,
  BreakResolution,
  RecordBreakAct,
  RecordedBreak,
} from '../../reconciliation/statement-store.ts';
import { decode, encode } from '../json.ts';
import { entryRow } from '../posting-rows.ts';
import { keyOf } from './keys.ts';
import { matchRows, postedBy } from './match-rows.ts';
import type { RowOf } from './tables.ts';
import { addRowsWrite, type AddRowsWrite, type RowsByTable } from './writes.ts';

/** Breaks and what people did to them, as rows of the schema and back. */

export function breakRows(breaks: readonly Break[]): RowsByTable {
  return {
    reconciliation_break: breaks.map((one) => ({
      id: one.id,
      break_key: keyOf(one.key),
      kind: one.kind,
      place: one.place,
      facts: encode(one),
      opened_at: one.openedAt.toISOString(),
    })),
    break_subject: breaks.flatMap(({ id, subject }) =>
      Object.values(subject).map((about) => ({ subject: keyOf(about), break_id: id })),
    ),
  };
}

export function endRows(ends: readonly BreakEnd[]): RowsByTable {
  return {
    break_end: ends.map(({ breakId, resolution, by, at }) => ({
      break_id: breakId,
      resolution,
      ended_by: by,
      ended_at: at.toISOString(),
    })),
  };
}

export interface BreakView {
  readonly facts: string;
  readonly resolution: string | null;
  readonly ended_by: string | null;
  readonly ended_at: string | null;
  readonly owner: string | null;
  readonly raised_at: string | null;
}

export function breakFrom(view: BreakView): RecordedBreak {
  const { facts, resolution, ended_by: by, ended_at, owner, raised_at } = view;
  return {
    // `breakRows` took it apart.
    ...(decode(facts) as unknown as Break),
    ...(resolution !== null &&
      by !== null &&
      ended_at !== null && {
        end: { resolution: resolution as BreakResolution, by, at: new Date(ended_at) },
      }),
    ...(owner !== null && { owner }),
    ...(raised_at !== null && { raisedAt: new Date(raised_at) }),
  };
}

/** An act with all that it does: the end of the break or of a proposal, a match, and what is posted. */
export function breakActWrite({ act, end, match, postings = [] }: RecordBreakAct): AddRowsWrite {
  const { id, breakId, endsProposal } = act;
  const posted = [...(match?.postings ?? []), ...postings];
  const ended_at = act.at.toISOString();
  return addRowsWrite(
    {
      ...(match && matchRows(match)),
      break_open: [{ break_id: breakId, act_id: id }],
      break_act: [actRow(act)],
      break_end:
        end === undefined
          ? []
          : [breakId, ...(match?.endsBreaks ?? [])].map((break_id) => ({
              break_id,
              resolution: end.resolution,
              ended_by: id,
              ended_at,
            })),
      break_proposal_end: endsProposal === undefined ? [] : [{ act_id: endsProposal, ended_by: id }],
      reconciled_posting: [...postedBy(match?.id ?? id, match?.postings ?? []), ...postedBy(id, postings)],
    },
    { done: { table: 'break_act', id }, entries: posted.map(entryRow) },
  );
}

function actRow(act: BreakAct): RowOf<'break_act'> {
  const { id, breakId, subject, kind, reason, comment, detail, endsProposal, at } = act;
  return {
    id,
    break_id: breakId,
    subject,
    kind,
    reason,
    comment,
    detail: detail ?? null,
    assignee: kind === 'assigned' ? (detail ?? null) : null,
    ends_proposal: endsProposal ?? null,
    recorded_at: at.toISOString(),
  };
}

export interface ActView {
  readonly id: string;
  readonly break_id: string;
  readonly subject: string;
  readonly kind: string;
  readonly reason: string;
  readonly comment: string;
  readonly detail: string | null;
  readonly ends_proposal: string | null;
  readonly recorded_at: string;
}

export function actFrom(row: ActView): BreakAct {
  const { detail, ends_proposal: endsProposal } = row;
  return {
    id: row.id,
    breakId: row.break_id,
    subject: row.subject,
    kind: row.kind as BreakAct['kind'],
    reason: row.reason,
    comment: row.comment,
    ...(detail !== null && { detail }),
    ...(endsProposal !== null && { endsProposal }),
    at: new Date(row.recorded_at),
  };
}
