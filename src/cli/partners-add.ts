/** `partners add`: a new partner, with his certificate and with the kit that he gets. */
import { join } from 'node:path';
import type { Partner } from '../payments/partners.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import type { Environment } from '../platform/references.ts';
import { readArgs, type Terminal } from './command.ts';
import { identityOf } from './onboarding/his-certificate.ts';
import { partnerIdFrom, recordedPartner } from './onboarding/known-partner.ts';
import { filledIn, isIncomplete } from './onboarding/add-wizard.ts';
import { giveCertificate } from './onboarding/certificate-act.ts';
import {
  certificateOptions,
  type CertificateSource,
  type Obtained,
  sourceFrom,
} from './onboarding/obtain-certificate.ts';
import { reasonFrom, tellChanged, withPartners } from './onboarding/partner-acts.ts';
import { requireBooks, termsFrom, termsOptions } from './onboarding/partner-terms.ts';
import { kitPartsFrom, kitPlacesFrom, tellKit, type WrittenKit, writeKit } from './partners-kit.ts';

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
  const given = valuesFrom(args);
  const partnerId = await idFrom(given.positionals, terminal);
  const values = await completed(partnerId, given.values, terminal);
  const terms = termsFrom(values);
  requireBooks(terms, terminal.env);
  const source = sourceFrom(values, values.out);
  const reason = reasonFrom(values.reason);
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
  if (typeof changed === 'string' || obtained === undefined) {
    return tellChanged(terminal, 'added', changed, values);
  }
  const { pem, paths } = obtained;
  const kit =
    places &&
    (await writeKit(kitPartsFrom(changed.partner, places, pem || undefined), values.out ?? '.', dryRun));
  const told = { json: values.json, paths, more: { ...(kit && { kit }) } };
  const code = await tellChanged(terminal, 'added', changed, told);
  if (values.json) return code;
  if (kit !== undefined) await tellKit(terminal, kit, values);
  if (changed.written) for (const line of nextSteps(changed.partner, obtained, kit)) await terminal.out(line);
  return code;
}

/** What a person does after it, in its order. */
function nextSteps(
  { id }: Partner,
  { notAfter, paths }: Obtained,
  kit: WrittenKit | undefined,
): readonly string[] {
  const key =
    paths === undefined
      ? []
      : [`send ${paths.key} to him another way than the kit, and delete it here when he has it`];
  const making = `cagebridge partners kit ${id} --out DIR --url https://... makes what he needs for his first call`;
  return [
    `every bridge on this ledger lets him in within 5 s, until ${notAfter.toISOString()} by this certificate`,
    `next: ${kit === undefined ? making : `send ${kit.path} to him: it holds nothing secret`}`,
    ...key.map((line) => `      ${line}`),
    `      cagebridge partners test ${id} --certificate ${paths?.certificate ?? 'FILE'} --key ${paths?.key ?? 'FILE'} tries his connection, here or with him`,
  ];
}

/** @throws UsageError */
async function idFrom(positionals: readonly string[], { ask }: Terminal): Promise<string> {
  const said =
    positionals.length === 0 ? await ask?.('Which id does he get? (a-z, 0-9 and -, at most 35) ') : undefined;
  return partnerIdFrom(said === undefined ? positionals : [said.trim()]);
}

/** A person is asked for what is missing, and not at all where the id is somebody's. @throws UsageError */
async function completed(partnerId: string, values: Values, terminal: Terminal): Promise<Values> {
  if (terminal.ask === undefined || !isIncomplete(values)) return values;
  if ((await recordedPartner(partnerId, terminal.env)) !== undefined) throw new Misconfigured([known]);
  return filledIn(partnerId, values, terminal);
}

const known =
  'there is a partner of this id already: partners change gives him other terms, partners rotate another certificate';

function valuesFrom(args: readonly string[]) {
  return readArgs(args, { options, allowPositionals: true });
}

/** Where a kit is wanted. Who issued his certificate has mostly issued the bridge's own. */
function kitOf(values: Values, source: CertificateSource, env: Environment) {
  if (values.out === undefined) return undefined;
  const ours =
    source.way === 'issued' ? [join(source.ca, 'issuing.pem'), join(source.ca, 'root.pem')] : undefined;
  return kitPlacesFrom({ url: values.url, authority: values.authority ?? ours }, env);
}
