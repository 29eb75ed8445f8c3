import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { openGateways } from '../../src/gateways/configured.ts';
import type { GatewaySettings } from '../../src/gateways/kind.ts';
import type { Gateway } from '../../src/payments/gateways.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { certificates, type Ending, runBank, submitPayment } from '../sandbox/running-bank.ts';
import { runPsp, signingKey } from '../sandbox/running-psp.ts';

const asked = { day: '2026-11-22', currency: 'EUR', correlationId: 'C-1' };
const clock = { now: () => new Date('2026-11-22T10:00:00Z') };

type Kind = 'bankSoap' | 'pspRest';

async function gatewayTo(
  t: Ending,
  kind: Kind,
  url: string,
  limits: Partial<GatewaySettings['limits']> = {},
): Promise<Gateway> {
  const certs = await certificates();
  const client = certs['gateway-client'];
  const settings = {
    name: kind,
    kind,
    url,
    tls: {
      authorities: [certs.ca.certificate],
      ...(kind === 'bankSoap' && { identity: { key: client.key, certificate: client.certificate } }),
    },
    capabilities: { directions: [], currencies: ['EUR'], methods: [], amountMax: [] },
    limits,
    breaker: {},
    checks: {},
    signingKey: { id: signingKey.id, secret: signingKey.secret.toString('base64') },
    exponents: {},
    webhookSecrets: [],
    webhookToleranceSeconds: 300,
  } as GatewaySettings;
  const gateways = await openGateways([settings], { clock: { ...systemClock, ...clock } });
  const gateway = gateways.get(kind);
  assert.ok(gateway);
  t.after(() => gateway.close());
  return gateway;
}

const sandboxes = {
  async bankSoap(t: Ending) {
    const bank = await runBank(t, { clock });
    return { ...bank, pay: (id: string) => bank.post(submitPayment({ id })) };
  },
  async pspRest(t: Ending) {
    const psp = await runPsp(t, { clock });
    const url = `https://127.0.0.1:${psp.psp}/psp/v1`;
    return { ...psp, url, pay: (id: string) => psp.submit({ instructionId: id }) };
  },
};

for (const kind of ['bankSoap', 'pspRest'] as const) {
  test(`${kind}: a day's statement as the gateway wrote it, and none where there is none`, async (t) => {
    const sandbox = await sandboxes[kind](t);
    const gateway = await gatewayTo(t, kind, sandbox.url);
    assert.deepEqual(await gateway.statement?.(asked), { kind: 'none' });
    for (const id of ['I-1', 'I-2']) await sandbox.pay(id);
    const answer = await gateway.statement?.(asked);
    assert.ok(answer?.kind === 'statement');
    assert.equal(answer.name, `${kind}-EUR-2026-11-22.${kind === 'bankSoap' ? 'xml' : 'csv'}`);
    const text = answer.bytes.toString('utf8');
    assert.match(
      text,
      kind === 'bankSoap'
        ? /^<\?xml[^]*camt\.053\.001\.08[^]*I-2[^]*<\/Document>\n$/
        : /^settlementId,[^]*I-2[^]*closing/,
    );
    assert.deepEqual(await gateway.statement?.(asked), answer, 'the same bytes again');
    assert.equal((await gateway.statement?.({ ...asked, day: '2026-11-23' }))?.kind, 'none');
  });

  for (const [what, fault, cause] of [
    ['garbage', { mode: 'garbage', operation: 'statement' }, 'invalidReply'],
    ['an error of its server', { mode: 'error500', operation: 'statement' }, 'serverError'],
    ['no answer in time', { mode: 'slow', operation: 'statement', delayMs: 5_000 }, 'timeout'],
  ] as const) {
    test(`${kind}: ${what} is unavailable (${cause}), and the next answer is read`, async (t) => {
      const sandbox = await sandboxes[kind](t);
      const gateway = await gatewayTo(t, kind, sandbox.url, { statementTimeoutMs: 1_000 });
      await sandbox.pay('I-1');
      assert.equal((await sandbox.arm(fault)).status, 201);
      const first = await gateway.statement?.(asked);
      assert.deepEqual(first, { kind: 'unavailable', cause });
      assert.equal((await gateway.statement?.(asked))?.kind, 'statement');
      assert.equal(gateway.breaker(), 'closed');
    });
  }

  test(`${kind}: one that is too long, one while another is asked for, and nobody there`, async (t) => {
    const sandbox = await sandboxes[kind](t);
    const short = await gatewayTo(t, kind, sandbox.url, { statementBytesMax: 100 });
    await sandbox.pay('I-1');
    const tooLong = await short.statement?.(asked);
    assert.equal(tooLong?.kind, 'unavailable');
    const both = await gatewayTo(t, kind, sandbox.url);
    const answers = await Promise.all([both.statement?.(asked), both.statement?.(asked)]);
    assert.deepEqual(
      answers.map((answer) => (answer?.kind === 'unavailable' ? answer.cause : answer?.kind)),
      ['statement', 'gatewayBusy'],
    );
    await sandbox.close();
    const gone = await both.statement?.(asked);
    assert.ok(gone?.kind === 'unavailable' && gone.cause === 'connectionRefused', JSON.stringify(gone));
    const odd = await both.statement?.({ ...asked, day: 'yesterday' });
    assert.deepEqual(odd, { kind: 'unavailable', cause: 'notWritable' });
  });
}

const namespace = 'urn:cagebridge:bank-gateway:v1';
const page = (inner: string, day = asked.day): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><GetStatementResponse xmlns="${namespace}"><Stmt><Id>EUR-1</Id><Dt>${day}</Dt><Ccy>EUR</Ccy><PgNb>1</PgNb>${inner}</Stmt></GetStatementResponse></s:Body></s:Envelope>`;

for (const [what, body] of [
  ['a statement of another day', page('<LastPgInd>true</LastPgInd><Doc>YQ==</Doc>', '2026-11-21')],
  ['no document', page('<LastPgInd>true</LastPgInd>')],
  ['a segment of nothing', page('<LastPgInd>false</LastPgInd><Doc></Doc>')],
  ['what is no base64', page('<LastPgInd>true</LastPgInd><Doc>???</Doc>')],
  ['another message', page('').replaceAll('GetStatementResponse', 'GetStatement')],
] as const) {
  test(`bankSoap: ${what} is no statement`, async (t) => {
    const { bank } = await certificates();
    const server = createServer({ key: bank.key, cert: bank.certificate }, (request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(body);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(async () => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const gateway = await gatewayTo(t, 'bankSoap', `https://127.0.0.1:${port}/bank/v1`);
    assert.deepEqual(await gateway.statement?.(asked), { kind: 'unavailable', cause: 'invalidReply' });
  });
}
