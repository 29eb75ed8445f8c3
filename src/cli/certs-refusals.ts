import type { Finding } from '../pki/certificate-check.ts';
import type { ImportRefusal } from '../pki/importing.ts';
import { leafDaysMax, unattendedDaysMin, type IssueRefusal } from '../pki/issuing.ts';
import { requestBytesMax, type RequestRefusal } from '../pki/request.ts';
import type { Terminal } from './command.ts';

export type Refusal = IssueRefusal | RequestRefusal | ImportRefusal['refused'] | 'fileThere';

export const refusalSentences: Readonly<Record<Refusal, string>> = {
  nameless: 'a certificate without --partner needs a name: --dns, --ip or --uri',
  nameUnusable:
    'a name cannot be used: --dns is a host name without wildcards, --ip an address, --uri an absolute URI in ASCII',
  otherPartnersName: "--uri is another partner's name; --partner says whose certificate it is",
  shortWithoutRenewal: `less than ${unattendedDaysMin} days is for certificates that are renewed by a machine: say --automatic`,
  tooLong: `--days is at most ${leafDaysMax}`,
  issuerEndsTooSoon: 'the issuing authority ends too soon for it; make another one first (certs rotate ca)',
  issuerRevoked: 'the issuing authority is revoked; make another one (certs rotate ca)',
  keyOfOther: 'the key is in a certificate of somebody else',
  keyCompromised: 'the key was revoked as compromised; a new one is needed',
  unreadable: `the file holds no certificate or request that can be read: one PEM block, at most ${requestBytesMax} bytes`,
  weakSignature: 'the request is signed over a hash that is too weak; SHA-256 is needed',
  unproven: 'the request does not prove that whoever made it has its key',
  keyKind: 'the key of the request is neither RSA of 2048 to 4096 bits nor EC P-256',
  nameNotHis:
    "the request asks for a name that is not this partner's: his URI is, and of a server what --dns and --ip say",
  issuersUnreadable:
    'say --issuer FILE for each authority that issued it; each file holds certificates in PEM',
  rootMissing: 'the files of --issuer do not lead from the certificate to its root',
  known: 'the certificate is in the record already',
  unfit: 'nobody would accept the certificate',
  fileThere:
    'a file of this name is there already, and no key is written over; move it away or say another --out',
};

/** Says why nothing was done; the exit code. */
export function tellRefusal(
  terminal: Terminal,
  { refused, findings = [] }: { readonly refused: Refusal; readonly findings?: readonly Finding[] },
): number {
  const places = findings.map(({ code, at }) => `${code} (${at === 0 ? 'certificate' : `authority ${at}`})`);
  terminal.err(
    `cagebridge: ${[refusalSentences[refused], places.join(', ')].filter((part) => part !== '').join(': ')}`,
  );
  return 1;
}
