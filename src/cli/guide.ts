/** What `npm start` tells a newcomer: where everything is, and calls that work as they are pasted. */
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Bridge } from '../app.ts';
import type { Config } from '../config/config.ts';
import { tokenPath } from '../inbound/rest/token.ts';
import { makeDirectory } from '../platform/directory.ts';
import { soapContentType } from '../platform/soap-media.ts';
import type { SoapVersion } from '../platform/soap.ts';
import type { SomeSandboxes } from './development.ts';
import { paymentRequest, statusRequest } from './soap-examples.ts';

export interface Guided {
  readonly config: Config;
  readonly ports: Bridge['ports'];
  readonly sandboxes?: SomeSandboxes;
  readonly now: Date;
}

/** Writes the requests under `$CAGEBRIDGE_HOME/examples` and returns the text. */
export async function developmentGuide({ config, ports, sandboxes, now }: Guided): Promise<string> {
  const { home } = config;
  await writeExamples(join(home, 'examples'), now);
  const here = (...parts: string[]): string => shown(join(home, ...parts));
  const soap = `https://localhost:${ports.soap}/soap/v1/payments`;
  const { identity: tls } = config.internal;
  const internal = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${ports.internal}`;
  const call = (file: string, version: SoapVersion): string =>
    [
      `  curl -s --cacert ${here('certs', 'ca.pem')} --cert ${here('certs', 'partner-a.pem')} --key ${here('certs', 'partner-a.key')} \\`,
      `    -H 'Content-Type: ${soapContentType[version]}' --data-binary @${here('examples', file)} ${soap}`,
    ].join('\n');
  const sameHome = shown(home) === 'var' ? '' : `CAGEBRIDGE_HOME=${shown(home)} `;
  // By printf, which is the shell's own, and a file of headers: an argument of curl's would stand in the list of processes.
  const credentials = `printf 'Authorization: Bearer %s' "$(cat ${shown(tokenPath(home))})"`;
  return [
    '',
    'Cagebridge is open, on this machine only.',
    '',
    `  partners  ${soap}   (?wsdl is the contract)`,
    `  core      ${internal}/v1/...   /health /ready /metrics`,
    ...(ports.public === undefined
      ? []
      : [`  providers https://localhost:${ports.public}/webhook/payment/psp   (signed webhooks)`]),
    ...sandboxLines(sandboxes),
    `  state     ${here()}`,
    '',
    'A deposit of 50.00 EUR (SOAP 1.1), a withdrawal of 20.00 EUR (SOAP 1.2), and where the deposit stands:',
    '',
    call('deposit.xml', '1.1'),
    '',
    call('withdrawal.xml', '1.2'),
    '',
    call('status.xml', '1.1'),
    '',
    'Each of them again is answered the same and moves nothing. Beside these files lie deposit-12.xml,',
    'withdrawal-11.xml and status-12.xml: the same in the other version.',
    '',
    'A deposit by e-wallet as the core asks for it (REST), which leaves by the PSP:',
    '',
    `  ${credentials} | curl -s -H @- -H 'Content-Type: application/json' --data-binary @${here('examples', 'deposit.json')} ${internal}/v1/deposits`,
    '',
    'What the core sees, and what is in the ledger:',
    '',
    `  ${credentials} | curl -s -H @- ${internal}/v1/players/main/player-1/balances`,
    ...['payments list', 'ledger entries', 'ledger balances', 'verify'].map(
      (command) => `  ${sameHome}npx cagebridge ${command}`,
    ),
    ...(sandboxes?.bankUrl === undefined
      ? []
      : [
          '',
          'Make the bank lose its next answer, then deposit again with another PartnerReference and ask for its status:',
          '',
          `  curl -s -H 'Content-Type: application/json' -d '{"gateway":"bank","mode":"timeoutAfter","count":1}' ${sandboxes.controlUrl}/sandbox/faults`,
        ]),
    '',
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

function sandboxLines(sandboxes: SomeSandboxes | undefined): readonly string[] {
  if (sandboxes === undefined) return [];
  const { bankUrl, pspUrl, controlUrl } = sandboxes;
  return [
    ...(bankUrl === undefined ? [] : [`  bank      ${bankUrl}   (sandbox)`]),
    ...(pspUrl === undefined ? [] : [`  psp       ${pspUrl}   (sandbox)`]),
    `  sandbox   ${controlUrl}/sandbox/effects   (what they did)`,
  ];
}

async function writeExamples(directory: string, now: Date): Promise<void> {
  makeDirectory(directory);
  // References are for ever, so every start has its own.
  const run = now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const common = { playerId: 'player-1', at: now };
  const deposit = { ...common, operation: 'Deposit', reference: `deposit-${run}`, amount: '50.00' } as const;
  const withdrawal = {
    ...common,
    operation: 'Withdrawal',
    reference: `withdrawal-${run}`,
    amount: '20.00',
  } as const;
  const files: Record<string, Buffer> = {
    'deposit.xml': paymentRequest('1.1', deposit),
    'deposit-12.xml': paymentRequest('1.2', deposit),
    'withdrawal.xml': paymentRequest('1.2', withdrawal),
    'withdrawal-11.xml': paymentRequest('1.1', withdrawal),
    'status.xml': statusRequest('1.1', deposit.reference),
    'status-12.xml': statusRequest('1.2', deposit.reference),
  };
  const core = {
    partnerReference: `core-${run}`,
    playerId: common.playerId,
    amount: { value: '30.00', currency: 'EUR' },
    paymentMethod: 'EWALLET',
    paymentToken: 'wallet-of-erika',
  };
  await writeFile(join(directory, 'deposit.json'), `${JSON.stringify(core, undefined, 2)}\n`);
  for (const [name, body] of Object.entries(files)) await writeFile(join(directory, name), body);
}

/** The path as somebody types it who stands where the bridge was started. */
function shown(path: string): string {
  const near = relative('.', path);
  return near === '' ? '.' : near.startsWith('..') ? path : near;
}
