/** TLS, who is let in, connections, and the contract for reading. */
import { contractReader, paymentsPath, schemaNames } from '../../inbound/soap/contract.ts';
import { certificateFacts, isInDate } from '../../pki/certificate.ts';
import { certificateFrom } from '../../platform/tls-identity.ts';
import { shown } from './door-answer.ts';
import { type DoorCaller, openWire, speaksOldTls } from './door-wire.ts';
import { ask, type Check, expecting, failed, passed, type Seen, skipped, type Trial } from './trial.ts';
import { statusMessage } from './trial-messages.ts';

/** The first of them finds out whether there is a door at all. */
export const transportChecks: readonly Check[] = [
  { name: 'tls-1.3', run: (trial) => letIn(trial, 'TLSv1.3') },
  {
    name: 'tls-1.2',
    run: (trial) => (trial.tlsFloor === 'TLSv1.3' ? keptOut(trial) : letIn(trial, 'TLSv1.2')),
  },
  { name: 'tls-1.1-refused', run: oldTls },
  { name: 'own-certificate', run: ownCertificate },
  { name: 'no-certificate-refused', run: nobody },
  { name: 'keep-alive', run: keepAlive },
  { name: 'wsdl', run: async (trial) => sameContract(trial, 'wsdl') },
  { name: 'wsdl-single', run: async (trial) => sameContract(trial, 'singleWsdl') },
  { name: 'schemas', run: schemas },
];

/** The reference of nobody's payment: asking for it moves nothing, and its answer says that the door knows who asks. */
function question({ run }: Pick<Trial, 'run'>): Buffer {
  return statusMessage('1.1', `${run}-none`);
}

/** What the door answers to it, in words of the contract. */
export async function askAboutNone(caller: DoorCaller, run: string): Promise<string> {
  const { answer } = await ask({ caller }, '1.1', { body: question({ run }) });
  return shown(answer);
}

/** What a Status for no payment has to answer. */
export function answerToNone({ operations }: Pick<Trial, 'operations'>): string {
  return operations.includes('status')
    ? 'PAYMENT_NOT_FOUND UNKNOWN SAME_ID'
    : 'OPERATION_FORBIDDEN UNKNOWN SAME_ID';
}

async function letIn(trial: Trial, version: 'TLSv1.2' | 'TLSv1.3'): Promise<Seen> {
  using wire = openWire(trial.caller, version);
  const { reply, answer } = await ask(trial, '1.1', { body: question(trial) }, wire);
  const wanted = answerToNone(trial);
  if (shown(answer) !== wanted) return expecting(wanted, shown(answer));
  const until = reply.certificateUntil.toISOString().slice(0, 10);
  return passed(`${reply.protocol} ${reply.suite}; the door's certificate ends ${until}`);
}

/** Who has to speak TLS 1.3 reads in 1.2 why he is not let in. */
async function keptOut(trial: Trial): Promise<Seen> {
  using wire = openWire(trial.caller, 'TLSv1.2');
  const { answer } = await ask(trial, '1.1', { body: question(trial) }, wire);
  return expecting('CLIENT_CERTIFICATE_NOT_ACCEPTED UNKNOWN SAME_ID', shown(answer));
}

async function oldTls({ caller }: Trial): Promise<Seen> {
  const speaks = await speaksOldTls(caller, 'TLSv1.1');
  return speaks ? failed('the door speaks TLS 1.1') : passed('no handshake below TLS 1.2');
}

/** What the partner shows, as far as it can be judged here: whose it is only the door knows. */
function ownCertificate(trial: Trial): Promise<Seen> {
  const { identity } = trial.caller;
  if (identity === undefined) return Promise.resolve(skipped('none was given'));
  const certificate = certificateFrom(identity.certificate, 'the certificate');
  const facts = certificateFacts(certificate);
  const { validToDate } = certificate;
  if (facts?.isVersion3 !== true || !facts.isForClients) {
    return Promise.resolve(failed('no X.509 v3 certificate with the usage clientAuth'));
  }
  if (!isInDate(certificate, trial.now())) return Promise.resolve(failed('out of its dates'));
  return Promise.resolve(passed(`for clients, ends ${validToDate.toISOString().slice(0, 10)}`));
}

async function nobody(trial: Trial): Promise<Seen> {
  const { identity: _, ...caller } = trial.caller;
  const { answer } = await ask({ ...trial, caller }, '1.1', { body: question(trial) });
  return expecting('CLIENT_CERTIFICATE_MISSING UNKNOWN SAME_ID', shown(answer));
}

async function keepAlive(trial: Trial): Promise<Seen> {
  using wire = openWire(trial.caller);
  const calls = 3;
  const reused: boolean[] = [];
  for (let call = 0; call < calls; call += 1) {
    const { reply, answer } = await ask(trial, '1.1', { body: question(trial) }, wire);
    if (shown(answer) !== answerToNone(trial)) return failed(shown(answer));
    reused.push(reply.reused);
  }
  const kept = reused.slice(1).every(Boolean);
  return kept
    ? passed(`${calls} calls over one connection`)
    : failed('a connection that the door did not keep');
}

async function schemas(trial: Trial): Promise<Seen> {
  for (const name of schemaNames) {
    const seen = await sameContract(trial, `xsd=${name}`);
    if (seen.verdict !== 'passed') return seen;
  }
  return passed(`${schemaNames.join(', ')}, equal to ours`);
}

/**
 * Anybody may read the contract, so it is read without a certificate. The addresses in it are those of the bridge's
 * public URL, which need not be the one that was called from here.
 */
async function sameContract(trial: Trial, query: string): Promise<Seen> {
  const { identity: _, ...caller } = trial.caller;
  using wire = openWire(caller);
  const wsdl = await wire.call({ method: 'GET', query: 'wsdl' });
  const served = query === 'wsdl' ? wsdl : await wire.call({ method: 'GET', query });
  const address = /<soap:address location="(https:\/\/[^"\s]{1,500})"/.exec(wsdl.body.toString('utf8'))?.[1];
  if (served.status !== 200 || address?.endsWith(paymentsPath) !== true) {
    return failed(`HTTP ${served.status}, no WSDL of ours`);
  }
  const ours = contractReader(address.slice(0, -paymentsPath.length))(query);
  if (ours === undefined || !served.body.equals(ours.bytes)) return failed('differs from ours');
  const elsewhere = address === caller.url.href ? '' : '; its address is another one than was called';
  return passed(`equal to ours${elsewhere}`);
}
