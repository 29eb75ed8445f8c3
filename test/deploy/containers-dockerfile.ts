/** A Dockerfile as its tests read it: stages of instructions, continued lines joined, comments left out. */
export interface Instruction {
  readonly keyword: string;
  /** What follows the keyword, with its flags (`--from=code`). */
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** ARG lines before the first stage. */
  readonly head: readonly Instruction[];
  readonly stages: readonly Stage[];
}

export function readDockerfile(text: string): Dockerfile {
  const head: Instruction[] = [];
  const stages: { name: string; from: string; instructions: Instruction[] }[] = [];
  for (const line of joinedLines(text)) {
    const [, keyword = '', rest = ''] = /^([A-Z]+)\s+(.*)$/s.exec(line) ?? [];
    if (keyword === '') throw new Error(`no instruction: ${line}`);
    if (keyword === 'FROM') {
      const [, from = '', name = ''] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      stages.push({ name, from, instructions: [] });
    } else {
      (stages.at(-1)?.instructions ?? head).push({ keyword, text: rest });
    }
  }
  return { head, stages };
}

function joinedLines(text: string): string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
}

/** What holds in a stage: its own instructions after those of the stages that it is built on. */
export function effective({ stages }: Dockerfile, name: string): Instruction[] {
  const stage = stages.find((one) => one.name === name);
  if (stage === undefined) return [];
  return [...effective({ head: [], stages }, stage.from), ...stage.instructions];
}

/** The last instruction of a keyword, which is the one that counts. */
export function last(instructions: readonly Instruction[], keyword: string): string | undefined {
  return instructions.findLast((one) => one.keyword === keyword)?.text;
}

/** Sources of a COPY from the build's context; none for one from another stage. */
export function contextSources({ keyword, text }: Instruction): string[] {
  if (keyword !== 'COPY' || text.includes('--from=')) return [];
  return text.split(/\s+/).slice(0, -1);
}
