import type { Refusal } from '../../payments/refusals.ts';
import type { SoapVersion } from '../../platform/soap.ts';

/** Writes a fault and says whether the contract allows it as it is. */
type WriteChecked = (correlationId: string) => { readonly body: Buffer; readonly allowed: boolean };

/** The fault of this refusal with this correlation id. */
export type FaultForms = (
  version: SoapVersion,
  refusal: Refusal,
  correlationId: string,
  write: WriteChecked,
) => Buffer;

interface Form {
  readonly before: Buffer;
  readonly after: Buffer;
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const standIn = '00000000-0000-7000-8000-000000000000';

/**
 * Most faults of one kind differ in their correlation id alone. Such a one is written and held against the schema once, and
 * from then on it is copied: a wave of refusals must not cost what answers would. The kinds are a closed list, so the
 * forms that are kept are few.
 */
export function faultForms(): FaultForms {
  const forms = new Map<string, Form>();
  return (version, refusal, correlationId, write) => {
    if (!isPlain(refusal) || !uuid.test(correlationId)) return write(correlationId).body;
    const { refused, outcome, retryAfterSeconds = '' } = refusal;
    const kind = [version, refused, outcome, retryAfterSeconds].join(' ');
    let form = forms.get(kind);
    if (form === undefined) {
      const { body, allowed } = write(standIn);
      if (!allowed) return write(correlationId).body;
      forms.set(kind, (form = formOf(body)));
    }
    return Buffer.concat([form.before, Buffer.from(correlationId), form.after]);
  };
}

/** Nothing in it but what its kind says. */
function isPlain({ paymentId, violations }: Refusal): boolean {
  return paymentId === undefined && violations === undefined;
}

function formOf(body: Buffer): Form {
  const at = body.indexOf(standIn);
  return { before: body.subarray(0, at), after: body.subarray(at + standIn.length) };
}
