/** The bank sandbox as a process of its own, to be killed: `node bank-process.ts HOME`. Prints its ports as one JSON line. */
import { join } from 'node:path';
import { developmentCertificates } from '../../src/pki/development.ts';
import { startBankSandbox } from '../../src/sandbox/bank.ts';

const home = process.argv[2] ?? '';
const certs = await developmentCertificates(join(home, 'certs'), { clock: { now: () => new Date() } });
const { bank, control } = await startBankSandbox({
  host: '127.0.0.1',
  bankPort: 0,
  controlPort: 0,
  tls: { identity: certs.bank, clientAuthorities: [certs.ca.certificate] },
  home,
});
process.stdout.write(`${JSON.stringify({ bank, control })}\n`);
