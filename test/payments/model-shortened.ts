/** A story that breaks a rule, without the acts that do not matter for it. */
import type { Act } from './model-acts.ts';
import { StoryBroken } from './model-story.ts';

const honest = { submit: 'settle', status: 'truth', ledgerMs: 0 } as const;

/** How long it is looked for at most. */
const timeMaxMs = 60_000;

interface Broken {
  readonly acts: readonly Act[];
  readonly error: StoryBroken;
}

/** Leaves out ever smaller parts as long as some rule still breaks, then deaths and moods. */
export async function shortened(
  { acts, error }: Broken,
  play: (acts: readonly Act[]) => Promise<unknown>,
): Promise<{ story: readonly Act[]; problem: string }> {
  const until = performance.now() + timeMaxMs;
  let problem = error.message;
  let story = acts.slice(0, error.done + 1);
  for (let part = Math.ceil(story.length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let from = 0; from < story.length;) {
      if (!(await tried(story.toSpliced(from, part)))) from += part;
    }
  }
  for (const [index, act] of story.entries()) {
    const { doom: _, ...alive } = act;
    await tried(story.with(index, { ...alive, moods: honest }));
    await tried(story.with(index, { ...(story[index] ?? act), moods: honest }));
  }
  return { story, problem };

  async function tried(shorter: readonly Act[]): Promise<boolean> {
    if (performance.now() > until) return false;
    try {
      await play(shorter);
      return false;
    } catch (again) {
      if (!(again instanceof StoryBroken)) throw again;
      problem = again.message;
      story = [...shorter];
      return true;
    }
  }
}
