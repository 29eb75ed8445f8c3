/** `certs rotate ca`: another issuing authority below the same root. The one before goes on until its own end. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { type AuthorityFolder, openAuthorityFolder } from '../pki/authority-folder.ts';
import { replaceIssuing } from '../pki/authority-replacing.ts';
import { inventoryOf } from '../pki/authority-record.ts';
import { certifyLeaf } from '../pki/authority.ts';
import { type KeyKind, keyKinds, makeKey, plainKeyPem } from '../pki/keys.ts';
import { type TrialHandshake, tryServer } from '../pki/trial-handshake.ts';
import { systemClock } from '../platform/clock.ts';
import { withAudit } from './certs-audit.ts';
import { actOptions, actTerms, daysFrom, folderFrom, keyKindFrom, passphraseFrom } from './certs-terms.ts';
import { tellDone } from './certs-told.ts';
import { readArgs, type Terminal } from './command.ts';

const options = {
  ...actOptions,
  key: { type: 'string' },
  days: { type: 'string' },
  'root-passphrase': { type: 'string' },
} as const;

/** As `certs init` has them. */
const issuingDays = { or: 1_826, max: 3_653 };
const listDays = 7;
const trialTimeoutMs = 10_000;

export async function rotateAuthority(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = readArgs(args, { options });
  const folder = openAuthorityFolder(folderFrom(values));
  const passphrase = passphraseFrom(values.passphrase, terminal, '--passphrase');
  const rootReference = values['root-passphrase'] ?? values.passphrase;
  const order = {
    root: await folder.signer('root', passphraseFrom(rootReference, terminal, '--root-passphrase')),
    keyKind: keyKindFrom(values.key, kindOf(folder.certificates.issuing)),
    passphrase,
    days: daysFrom(values.days, '--days', issuingDays),
    listDays,
    now: systemClock.now(),
    terms: actTerms(values.reason, 'a rotation of the issuing authority'),
  };
  const { paths } = folder;
  const files = [paths.certificate('issuing'), paths.key('issuing'), paths.list('issuing')];
  const before = new X509Certificate(folder.certificates.issuing);
  const notes = [
    [
      'before',
      `${before.serialNumber} counts until ${before.validToDate.toISOString()}: what it issued stays valid`,
    ],
    ['next', 'partners who believe the issuing authority alone, and not its root, need the new one first'],
  ] as const;
  const done = { did: 'rotated', files, notes };
  if (values['dry-run'] === true) return tellDone(terminal, values, { ...done, certificates: [] });
  return withAudit(terminal, values, async (audit) => {
    const { acts } = await replaceIssuing(folder, order);
    await audit.tell(acts);
    const handshakes = await tryAuthority(openAuthorityFolder(folder.directory), passphrase, order.now);
    const failed = handshakes.filter((one) => one.failed !== undefined);
    const tried = handshakes.map(
      ({ version, failed: why }) => ['tried', `${version} ${why ?? 'shakes hands'}`] as const,
    );
    const certificates = inventoryOf(acts);
    const told = { ...done, certificates, notes: [...tried, ...notes], facts: { handshakes } };
    await tellDone(terminal, values, told, audit);
    return failed.length === 0 ? 0 : 1;
  });
}

/** Of the same kind as the one before, unless another is said. */
function kindOf(issuing: string): KeyKind {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(issuing).publicKey;
  const kind = `rsa-${asymmetricKeyDetails?.modulusLength}`;
  return asymmetricKeyType === 'ec' ? 'ec-p256' : (keyKinds.find((one) => one === kind) ?? 'rsa-3072');
}

const minuteMs = 60_000;

/** A certificate of minutes that nobody gets, served on loopback to whoever believes the root alone. */
async function tryAuthority(
  folder: AuthorityFolder,
  passphrase: string,
  now: Date,
): Promise<readonly TrialHandshake[]> {
  const signer = await folder.signer('issuing', passphrase);
  const key = await makeKey('ec-p256');
  const certificate = await certifyLeaf(signer, createPublicKey(key), {
    name: 'CN=Trial',
    usages: ['serverAuth'],
    altNames: [{ type: 'dns', value: 'trial.invalid' }],
    notBefore: new Date(now.getTime() - minuteMs),
    notAfter: new Date(now.getTime() + 10 * minuteMs),
  });
  const identity = { certificate: certificate + signer.certificate, key: plainKeyPem(key) };
  return tryServer(identity, { authorities: [folder.certificates.root], now, timeoutMs: trialTimeoutMs });
}
