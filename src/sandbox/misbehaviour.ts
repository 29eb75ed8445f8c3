import type { Reply, Said } from './door.ts';
import type { Asked, Faults } from './faults.ts';

export interface Answering {
  readonly asked: Asked;
  readonly faults: Faults;
  /** What the gateway says when it is well; executes what it was told. */
  readonly decide: () => Said | Promise<Said>;
  /** What an answer is cut off from, in the gateway's own media type, and no message in it. */
  readonly garbage: { readonly mediaType: string; readonly body: string };
}

/** The steps of an answer: misbehave before, decide, misbehave after. */
export async function answer({ asked, faults, decide, garbage }: Answering): Promise<Reply> {
  const fault = faults.take('answer', asked);
  const delayMs = fault?.delayMs ?? 0;
  if (fault?.mode === 'timeoutBefore') return { silentMs: delayMs };
  if (fault?.mode === 'error500') return { ...garbage, status: 500, body: 'out of order', delayMs };

  const said = await decide();
  if (fault?.mode === 'timeoutAfter') return { ...afterwardsOf(said), silentMs: delayMs };
  if (fault?.mode === 'garbage') return { ...said, ...garbage, status: 200, delayMs };
  return { ...said, delayMs };
}

function afterwardsOf({ afterwards }: Said): Pick<Said, 'afterwards'> {
  return afterwards === undefined ? {} : { afterwards };
}
