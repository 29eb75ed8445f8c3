import { type Command, readArgs } from './command.ts';
import { requireDevelopment, sandboxLine, startDevelopmentBank } from './development.ts';
import { sandboxOptions } from './sandbox-options.ts';
import { endProcessWithin, startedUnlessStopped, stopOnSignals } from './stop-request.ts';

export const sandbox: Command = {
  usage: 'sandbox [--bank-port N] [--control-port N]',
  async run(args, terminal) {
    const { values } = readArgs(args, { options: sandboxOptions });
    requireDevelopment(terminal.env);
    const stop = stopOnSignals();
    const bank = await startedUnlessStopped(startDevelopmentBank(terminal.env, values), stop);
    await terminal.out(sandboxLine(bank));
    terminal.err(
      [
        `The bank answers at ${bank.url}; start the bridge with CAGEBRIDGE_BANK_URL=${bank.url}`,
        'What it did:        ',
        `  curl -s ${bank.controlUrl}/sandbox/effects`,
        'Make it misbehave:',
        `  curl -s -H 'Content-Type: application/json' -d '{"gateway":"bank","mode":"timeoutAfter","count":1}' ${bank.controlUrl}/sandbox/faults`,
      ].join('\n'),
    );
    const exitCode = await stop.asked;
    await bank.close();
    endProcessWithin(1_000);
    return exitCode;
  },
};
