/** `certs export`: a certificate, its chain and its key in one file for Java and Windows (PKCS#12). */
import { resolve } from 'node:path';
import type { KeyObject } from 'node:crypto';
import { isAuthorityFolder, openAuthorityFolder } from '../pki/authority-folder.ts';
import type { AuthorityAct } from '../pki/authority-record.ts';
import { fingerprintOf } from '../pki/certificate.ts';
import { certificateView } from '../pki/inspection.ts';
import { writeNewFile } from '../pki/files.ts';
import { isUsablePassword, pkcs12From, type Pkcs12Content } from '../pki/pkcs12.ts';
import { Misconfigured } from '../platform/misconfigured.ts';
import { type Audit, withAudit } from './certs-audit.ts';
import { fileAt, filePasswordFrom, unreadableSentences } from './certs-files.ts';
import { actOptions, actTerms } from './certs-terms.ts';
import { readArgs, type Terminal, UsageError } from './command.ts';

const options = {
  ...actOptions,
  p12: { type: 'string' },
  certificate: { type: 'string' },
  key: { type: 'string' },
  'with-root': { type: 'string' },
  alias: { type: 'string' },
} as const;

type Values = ReturnType<typeof readExport>;

/** 0 where the file was written; one that is there already stays. */
export async function exportPkcs12(args: readonly string[], terminal: Terminal): Promise<number> {
  const values = readExport(args);
  const out = needed(values.p12, '--p12');
  const content = contentFrom(values, terminal);
  const fingerprint256 = fingerprintOf(content.leaf);
  const terms = actTerms(values.reason, 'for a keystore')();
  const act: AuthorityAct = { ...terms, kind: 'exported', fingerprint256 };
  const told = { file: resolve(out), alias: content.alias, certificates: content.chain.map(certificateView) };
  const { json = false, 'dry-run': dry = false } = values;
  if (dry) return tell(terminal, json, { ...told, did: 'nothing', dryRun: true });
  return withAudit(terminal, values, async (audit) => {
    if (!(await writeNewFile(told.file, await pkcs12From(content)))) {
      terminal.err(`cagebridge: ${out}: is there already, and no key is written over`);
      return 1;
    }
    const place = await writeDown(act, values.ca, audit);
    return tell(terminal, json, { ...told, did: 'exported', dryRun: false, audit: place });
  });
}

function readExport(args: readonly string[]) {
  return readArgs(args, { options }).values;
}

function needed(text: string | undefined, option: string): string {
  if (text === undefined) throw new UsageError(`say ${option} FILE`);
  return text;
}

type Content = Pkcs12Content & { readonly leaf: Pkcs12Content['chain'][number] };

function contentFrom(values: Values, terminal: Terminal): Content {
  const password = filePasswordFrom(values.passphrase, terminal);
  if (password === undefined) throw new UsageError('say --passphrase env:NAME or --passphrase file:PATH');
  if (!isUsablePassword(password)) {
    throw new Misconfigured(['--passphrase: is 8 to 128 letters of ASCII here: stacks differ over others']);
  }
  const alias = aliasFrom(values.alias);
  const shown = certificatesOf(needed(values.certificate, '--certificate'));
  const root = values['with-root'] === undefined ? [] : certificatesOf(values['with-root']);
  const [leaf] = shown;
  const key = keyOf(needed(values.key, '--key'));
  if (leaf?.checkPrivateKey(key) !== true)
    throw new Misconfigured(['--key: is not the key of the first certificate']);
  return { key, leaf, chain: [...shown, ...root], alias, password };
}

/** Java finds an entry by it, whatever the case of its letters. */
function aliasFrom(text = 'cagebridge'): string {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(text))
    throw new UsageError('--alias is a-z, 0-9 and ._-, at most 64');
  return text;
}

function certificatesOf(path: string): Pkcs12Content['chain'] {
  const found = fileAt(path);
  if (typeof found === 'string') throw new Misconfigured([`${path}: ${unreadableSentences[found]}`]);
  if (found.certificates.length === 0) throw new Misconfigured([`${path}: holds no certificate`]);
  return found.certificates;
}

function keyOf(path: string): KeyObject {
  const found = fileAt(path);
  if (typeof found === 'string') throw new Misconfigured([`${path}: ${unreadableSentences[found]}`]);
  const [key] = found.keys;
  if (key === undefined || key === 'encrypted')
    throw new Misconfigured([`${path}: holds no key without a passphrase`]);
  return key;
}

/** The record of the authority's folder tells of its own certificates only. */
async function writeDown(
  act: AuthorityAct & { fingerprint256: string },
  ca: string,
  audit: Audit,
): Promise<string> {
  const isFolder = isAuthorityFolder(resolve(ca));
  const folder = isFolder ? openAuthorityFolder(resolve(ca)) : undefined;
  const isOurs = folder?.inventory().some((entry) => entry.fingerprint256 === act.fingerprint256) === true;
  if (isOurs) await folder?.change((writing) => writing.record(act));
  await audit.tell([act]);
  return isOurs || audit.place === 'ledger' ? audit.place : 'none';
}

interface Told {
  readonly file: string;
  readonly alias: string;
  readonly certificates: readonly ReturnType<typeof certificateView>[];
  readonly did: string;
  readonly dryRun: boolean;
  readonly audit?: string;
}

async function tell(terminal: Terminal, json: boolean, told: Told): Promise<number> {
  const { file, alias, certificates, dryRun, audit = 'none' } = told;
  if (json) await terminal.out(JSON.stringify(told));
  else {
    if (dryRun) await terminal.out('dry run  nothing is written');
    for (const { subject, fingerprint256 } of certificates)
      await terminal.out(`holds    ${subject}  ${fingerprint256}`);
    await terminal.out(`${dryRun ? 'file    ' : 'wrote   '} ${file}, alias ${alias}`);
    await terminal.out(`audit    ${dryRun ? 'none: it is a dry run' : audit}`);
  }
  return 0;
}
