/** `partners rotate --finish` and `--abandon`: the older certificate ends, or the next one does. */
import type { Terminal } from './command.ts';
import { revisionsMax } from './onboarding/certificate-act.ts';
import {
  type Act,
  changePartner,
  nobodyOfThisId,
  type Told,
  tellChanged,
  withPartners,
} from './onboarding/partner-acts.ts';
import { abandoned, finished } from './onboarding/rotation.ts';

export async function finishRotation(act: Act, told: Told, terminal: Terminal): Promise<number> {
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, async (before, now) => {
      if (before === undefined) return nobodyOfThisId;
      const denials = await store.denials();
      return finished(before.partner, now, (fingerprint256) =>
        denials.some(
          ({ certificate }) =>
            'fingerprint256' in certificate && certificate.fingerprint256 === fingerprint256,
        ),
      );
    }),
  );
  return tellChanged(terminal, 'rotation finished', changed, told);
}

export async function abandonRotation(act: Act, told: Told, terminal: Terminal): Promise<number> {
  const changed = await withPartners(terminal, (store) =>
    changePartner(store, act, async (before, now) => {
      if (before === undefined) return nobodyOfThisId;
      const revisions = await store.revisionsOf(act.partnerId, revisionsMax);
      const readable = revisions.filter(({ unreadable }) => unreadable !== true);
      return abandoned(
        before.partner,
        readable.map(({ partner }) => partner),
        now,
      );
    }),
  );
  return tellChanged(terminal, 'rotation abandoned', changed, told);
}
