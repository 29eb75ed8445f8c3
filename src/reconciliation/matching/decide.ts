import type { Candidates } from './candidates.ts';
import { contradictionOf } from './contradict.ts';
import type { Match, MatchDecision } from './decision.ts';
import { tryRule, type Unfound } from './find.ts';
import type { Line } from './lines.ts';
import type { MatchingRule } from './rules.ts';

/** A rule that did not decide, and why. */
export interface Tried {
  readonly rule: string;
  readonly why: Unfound;
}

/** A decision with the rules that were tried before it. */
export interface Weighed {
  readonly decision: MatchDecision;
  readonly tried: readonly Tried[];
}

/** The first rule that finds something decides; where none does, what the line names may contradict it, if rules look at names. */
export async function decide(
  line: Line,
  rules: readonly MatchingRule[],
  candidates: Candidates,
): Promise<MatchDecision> {
  return (await weigh(line, rules, candidates)).decision;
}

/** Decides, and tells what each rule found on the way. */
export async function weigh(
  line: Line,
  rules: readonly MatchingRule[],
  candidates: Candidates,
): Promise<Weighed> {
  const payout = reportedPayout(line);
  if (payout !== undefined) return { decision: payout, tried: [] };
  const tried: Tried[] = [];
  let looksAtNames = false;
  for (const rule of rules) {
    const found = await tryRule(line, rule, candidates);
    if (typeof found !== 'string') return { decision: found, tried };
    tried.push({ rule: rule.name, why: found });
    looksAtNames ||= rule.find === 'reference' && !found.startsWith('another');
  }
  const named = looksAtNames ? await candidates.byReference(line, line.references) : [];
  return { decision: contradictionOf(line, named) ?? { kind: 'nothing' }, tried };
}

/** What a report says of its payout is said: it is expected on a bank account, and no rule is asked. */
function reportedPayout(line: Line): Match | undefined {
  if (line.kind !== 'payout' || line.account.reportOf === undefined) return undefined;
  return { kind: 'match', rule: 'payout', because: ['kind'], lines: [line], items: [], feeMinor: 0n };
}
