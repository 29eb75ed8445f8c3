/** The sandboxes beside a bridge for development, read only where they are asked for: a build for production has none. */
import { existsSync } from 'node:fs';
import type { Environment } from '../platform/references.ts';
import { UsageError } from './command.ts';
import type { SomeSandboxes } from './development.ts';
import type { SandboxValues } from './sandbox-options.ts';

export interface StartedSandbox {
  readonly sandboxes: SomeSandboxes;
  /** Where they are, for the configuration. */
  readonly variables: Environment;
  /** For machines. */
  readonly line: string;
}

/** Those that the environment does not name. */
export async function startSandbox(
  env: Environment,
  values: SandboxValues,
): Promise<StartedSandbox | undefined> {
  if (!existsSync(new URL('./development.ts', import.meta.url)))
    throw new UsageError('this build has no sandbox');
  const { requireDevelopment, sandboxLine, sandboxVariables, startMissingSandboxes, webhooksHere } =
    await import('./development.ts');
  requireDevelopment(env);
  const sandboxes = await startMissingSandboxes(env, { ...webhooksHere(env), ...values });
  if (sandboxes === undefined) return undefined;
  return { sandboxes, variables: sandboxVariables(sandboxes), line: sandboxLine(sandboxes) };
}
