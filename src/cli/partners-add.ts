/** `partners add`: a new partner, with his certificate and with the kit that he gets. */
import { join } from 'node:path';
import type { Environment } from '../platform/references.ts';
import { readArgs, type Terminal } from './command.ts';
import { identityOf } from './onboarding/his-certificate.ts';
import { partnerIdFrom } from './onboarding/known-partner.ts';
import { giveCertificate } from './onboarding/certificate-act.ts';
import { certificateOptions, type CertificateSource, sourceFrom } from './onboarding/obtain-certificate.ts';
import { reasonFrom, tellChanged, withPartners } from './onboarding/partner-acts.ts';
import { requireBooks, termsFrom, termsOptions } from './onboarding/partner-terms.ts';
import { kitPartsFrom, kitPlacesFrom, tellKit, writeKit } from './partners-kit.ts';

const options = {
  ...termsOptions,
  ...certificateOptions,
  reason: { type: 'string' },
  out: { type: 'string' },
  url: { type: 'string' },
  authority: { type: 'string', multiple: true },
  'dry-run': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof valuesFrom>['values'];

export async function addPartner(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = valuesFrom(args);
  const partnerId = partnerIdFrom(positionals);
  const terms = await termsFrom(values, terminal);
  requireBooks(terms, terminal.env);
  const source = sourceFrom(await certificateAsked(values, terminal), values.out);
  const reason = reasonFrom(values.reason ?? (await terminal.ask?.('Why is he added? ')));
  // Whatever the kit needs is looked at before anything is written.
  const places = kitOf(values, source, terminal.env);
  const dryRun = values['dry-run'];
  const { changed, obtained } = await withPartners(terminal, (store) =>
    giveCertificate(store, {
      partnerId,
      reason,
      dryRun,
      source,
      terminal,
      hindrance: (before) => (before === undefined ? undefined : known),
      propose(_before, certificate) {
        const identity = identityOf(partnerId, certificate, values['san-uri']);
        if (typeof identity === 'string') return identity;
        const { issuers } = certificate;
        return {
          partner: {
            id: partnerId,
            enabled: true,
            issuers,
            identities: [identity],
            tokenDigests: [],
            ...terms,
          },
        };
      },
    }),
  );
  const { json, out } = values;
  if (typeof changed === 'string' || obtained === undefined || places === undefined || out === undefined) {
    return tellChanged(terminal, 'added', changed, { json });
  }
  const { pem, paths } = obtained;
  const kit = await writeKit(kitPartsFrom(changed.partner, places, pem || undefined), out, dryRun);
  await tellChanged(terminal, 'added', changed, { json, paths, more: { kit } });
  if (!json) await tellKit(terminal, kit, values);
  return 0;
}

const known =
  'there is a partner of this id already: partners change gives him other terms, partners rotate another certificate';

function valuesFrom(args: readonly string[]) {
  return readArgs(args, { options, allowPositionals: true });
}

/** A person who says neither way is asked for the one that needs no secret. */
async function certificateAsked(values: Values, { ask }: Terminal): Promise<Values> {
  if (ask === undefined || values.ca !== undefined || values.certificate !== undefined) return values;
  const certificate = (await ask('Which file has his certificate? (none: --ca issues one) '))?.trim();
  if (certificate === undefined || certificate === '') return values;
  const issuer = values.issuer ?? [(await ask('Which file has the authorities that issued it? ')) ?? ''];
  return { ...values, certificate, issuer };
}

/** Where a kit is wanted. Who issued his certificate has mostly issued the bridge's own. */
function kitOf(values: Values, source: CertificateSource, env: Environment) {
  if (values.out === undefined) return undefined;
  const ours =
    source.way === 'issued' ? [join(source.ca, 'issuing.pem'), join(source.ca, 'root.pem')] : undefined;
  return kitPlacesFrom({ url: values.url, authority: values.authority ?? ours }, env);
}
