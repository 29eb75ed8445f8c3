import { leafDaysMax, unattendedDaysMin, type IssueRefusal } from '../pki/issuing.ts';
import type { Terminal } from './command.ts';

const sentences: Readonly<Record<IssueRefusal | 'fileThere', string>> = {
  nameless: 'a certificate without --partner needs a name: --dns, --ip or --uri',
  nameUnusable:
    'a name cannot be used: --dns is a host name without wildcards, --ip an address, --uri an absolute URI in ASCII',
  otherPartnersName: "--uri is another partner's name; --partner says whose certificate it is",
  shortWithoutRenewal: `less than ${unattendedDaysMin} days is for certificates that are renewed by a machine: say --automatic`,
  tooLong: `--days is at most ${leafDaysMax}`,
  issuerEndsTooSoon: 'the issuing authority ends too soon for it; make another one first (certs rotate ca)',
  keyOfOther: 'the key is in a certificate of somebody else',
  keyCompromised: 'the key was revoked as compromised; a new one is needed',
  fileThere:
    'a file of this name is there already, and no key is written over; move it away or say another --out',
};

/** Says why there is no certificate; the exit code. */
export function tellRefusal(terminal: Terminal, refusal: IssueRefusal | 'fileThere'): number {
  terminal.err(`cagebridge: ${sentences[refusal]}`);
  return 1;
}
