/** `approve` and `reject`: a person's yes or no. */
import { type Command, readArgs, UsageError } from './command.ts';
import {
  type ActedView,
  actOptions,
  ask,
  askAll,
  askedFrom,
  type Asked,
  type EffectView,
  effectForPeople,
  saidFrom,
  tellActed,
  versionFrom,
} from './person.ts';

const options = { ...actOptions, version: { type: 'string' } } as const;

export function verdictCommand(verb: 'approve' | 'reject'): Command {
  const acting = `${verb} ID --version N --reason CODE --comment TEXT [--token-file PATH] [--json]`;
  return {
    usage: verb === 'approve' ? `approve [--json] (what waits) | ${acting}` : acting,
    async run(args, terminal) {
      const { values, positionals } = readArgs(args, { options, allowPositionals: true });
      const [id, ...more] = positionals;
      const asked = askedFrom(terminal, values);
      if (id === undefined && verb === 'approve') return list(asked);
      if (id === undefined || more.length > 0 || !/^[0-9a-f-]{36}$/.test(id)) {
        throw new UsageError('say one id, of a payment or of a proposal');
      }
      const body = { version: versionFrom(values.version), ...saidFrom(values) };
      const path = `/v1/approvals/${id}/${verb}`;
      return tellActed(asked, await ask<ActedView>(asked, { method: 'POST', path, body }));
    },
  };
}

interface WaitingView {
  readonly id: string;
  readonly kind: string;
  readonly payment: {
    readonly id: string;
    readonly direction: string;
    readonly version: number;
    readonly brand: string;
    readonly playerId: string;
    readonly instructedAmount: { readonly value: string; readonly currency: string };
  };
  readonly proposal?: { readonly subject: string; readonly detail: string; readonly comment: string };
  readonly effect?: EffectView;
}

async function list(asked: Asked): Promise<number> {
  const found = await askAll<WaitingView>(asked, { list: 'approvals' });
  if (found === undefined) return 1;
  for (const one of found) await asked.terminal.out(asked.json ? JSON.stringify(one) : forPeople(one));
  if (found.length === 0 && !asked.json) await asked.terminal.out('nothing waits for a person');
  return 0;
}

function forPeople({ id, payment, proposal, effect }: WaitingView): string {
  const { value, currency } = payment.instructedAmount;
  const what = proposal === undefined ? 'approve' : `${proposal.detail}, proposed by ${proposal.subject}`;
  return [
    `${id}  ${what}`,
    `  payment ${payment.id}, version ${payment.version}: ${payment.direction} ${value} ${currency} of ${payment.brand} ${payment.playerId}`,
    ...(proposal === undefined ? [] : [`  "${proposal.comment}"`]),
    effect === undefined ? '  the payment changed: it has to be proposed again' : effectForPeople(effect),
  ].join('\n');
}
