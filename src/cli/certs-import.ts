import { openAuthorityFolder } from '../pki/authority-folder.ts';
import { checkImport, importCertificate } from '../pki/importing.ts';
import { summaryOf } from '../pki/authority-record.ts';
import { systemClock } from '../platform/clock.ts';
import { withAudit } from './certs-audit.ts';
import { leafRoleFrom } from './certs-leaf.ts';
import { tellRefusal } from './certs-refusals.ts';
import { actOptions, actTerms, folderFrom, partnerIdFrom, textOf } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';

const { passphrase: _passphrase, ...others } = actOptions;
const options = {
  ...others,
  partner: { type: 'string' },
  role: { type: 'string', default: 'client' },
  issuer: { type: 'string', multiple: true },
} as const;

/** Takes a certificate that a partner's own authority issued into the record: `certs import`. */
export async function importFile(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = readArgs(args, { options, allowPositionals: true });
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('say the file of one certificate');
  const partnerId = partnerIdFrom(values.partner);
  if (partnerId === undefined) throw new UsageError('say --partner ID');
  const role = leafRoleFrom(values.role);
  const certificate = textOf(file);
  const issuers = (values.issuer ?? []).map(textOf);
  const order = { role, partnerId, certificate, issuers };
  const terms = {
    now: systemClock.now(),
    act: actTerms(values.reason, "a certificate of the partner's own authority")(),
  };
  const folder = openAuthorityFolder(folderFrom(values));
  if (values['dry-run'] === true) {
    const checked = checkImport(order, terms.now);
    if ('refused' in checked) return tellRefusal(terminal, checked);
    const entry = { ...summaryOf(certificate, order), how: 'imported' } as const;
    return tellDone(terminal, values, {
      did: 'imported',
      certificates: [entry],
      files: [folder.paths.issuedFile(entry)],
    });
  }
  return withAudit(terminal, values, async (audit) => {
    const imported = await importCertificate(folder, order, terms);
    if ('refused' in imported) return tellRefusal(terminal, imported);
    await audit.tell([imported.act]);
    const done = {
      did: 'imported',
      certificates: [imported.entry],
      files: [folder.paths.issuedFile(imported.entry)],
    };
    return tellDone(terminal, values, done, audit);
  });
}
