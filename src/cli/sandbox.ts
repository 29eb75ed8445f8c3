import { type Command, readArgs } from './command.ts';
import {
  type DevelopmentSandboxes,
  requireDevelopment,
  sandboxLine,
  sandboxVariables,
  startDevelopmentSandboxes,
} from './development.ts';
import { sandboxOptions, sandboxUsage } from './sandbox-options.ts';
import { endProcessWithin, startedUnlessStopped, stopOnSignals } from './stop-request.ts';

export const sandbox: Command = {
  usage: `sandbox ${sandboxUsage}`,
  async run(args, terminal) {
    const { values } = readArgs(args, { options: sandboxOptions });
    requireDevelopment(terminal.env);
    const stop = stopOnSignals();
    const sandboxes = await startedUnlessStopped(startDevelopmentSandboxes(terminal.env, values), stop);
    await terminal.out(sandboxLine(sandboxes));
    terminal.err(introduction(sandboxes, values['webhook-url']));
    const exitCode = await stop.asked;
    await sandboxes.close();
    endProcessWithin(1_000);
    return exitCode;
  },
};

function introduction(sandboxes: DevelopmentSandboxes, webhookUrl: string | undefined): string {
  const { bankUrl, pspUrl, controlUrl } = sandboxes;
  const variables = Object.entries(sandboxVariables(sandboxes)).map(([name, value]) => `${name}=${value}`);
  const misbehave = (order: object): string =>
    `  curl -s -H 'Content-Type: application/json' -d '${JSON.stringify({ ...order, count: 1 })}' ${controlUrl}/sandbox/faults`;
  return [
    `The bank answers at ${bankUrl}`,
    `The PSP answers at  ${pspUrl}, ${webhookUrl === undefined ? 'and sends no webhooks (--webhook-url)' : `with webhooks to ${webhookUrl}`}`,
    'Start the bridge with:',
    `  CAGEBRIDGE_DEV=1 ${variables.join(' ')} npx cagebridge serve`,
    'What they did:',
    `  curl -s ${controlUrl}/sandbox/effects`,
    'Make them misbehave:',
    misbehave({ gateway: 'bank', mode: 'timeoutAfter' }),
    misbehave({ gateway: 'psp', mode: 'pendingThenSettled' }),
  ].join('\n');
}
