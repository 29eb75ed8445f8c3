/** The PSP's webhooks: which are believed, what is kept of them, and what each says, as files. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { Answer, Gateway, Notice, ReturnWord, WebhookCall } from '../../src/payments/gateways.ts';
import { paymentEvent, returnEvent, signedEvent, type Signing } from '../support/webhooks.ts';
import type { Ending } from './calls.ts';
import { pspTo } from './psp-calls.ts';

const [oldKey, newKey, strange] = [1, 2, 3].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
) as [string, string, string];
const at = new Date('2026-11-22T10:00:00.500Z');
const id = 'msg_1';
const amount = { minor: 1010n, currency: 'EUR' };
const instrId = '0190f5e27c0a7c00a000000000000001';
const settled = paymentEvent(instrId, amount);

/** Nobody is called, so nobody has to be there. */
const nowhere = 'https://127.0.0.1:1/psp/v1';

async function receiving(t: Ending, webhookSecrets: readonly string[] = [oldKey, newKey]): Promise<Gateway> {
  return pspTo(t, nowhere, { webhookSecrets });
}

function callOf(
  event: object | string,
  signing: Partial<Signing> = {},
  change: Partial<WebhookCall> = {},
): WebhookCall {
  return { ...signedEvent(event, { secrets: [oldKey], id, at, ...signing }), at, ...change };
}

const minutes = (count: number): Date => new Date(at.getTime() + count * 60_000);
const good = callOf(settled);
const tampered = Buffer.from(good.body.toString('utf8').replace('1010', '9010'));
const noSignature = { ...good.headers, 'webhook-signature': undefined };

const rows: readonly (readonly [what: string, call: WebhookCall, refused?: string])[] = [
  ['valid', good],
  ['the second key', callOf(settled, { secrets: [newKey] })],
  ['both keys', callOf(settled, { secrets: [newKey, oldKey] })],
  ['in a form of its own', callOf(JSON.stringify(settled, undefined, 2))],
  ['sent again under the same id: whoever keeps ids knows it', callOf(settled, { at: minutes(2) })],
  ['tampered', { ...good, body: tampered }, 'signatureWrong'],
  ['a wrong key', callOf(settled, { secrets: [strange] }), 'signatureWrong'],
  ['no signature', { ...good, headers: noSignature }, 'signatureMissing'],
  ['replayed, six minutes old', { ...good, at: minutes(6) }, 'timestampOutside'],
  ['from the future', { ...good, at: minutes(-6) }, 'timestampOutside'],
  ['1 MB', callOf(JSON.stringify({ ...settled, more: 'x'.repeat(1_000_000) })), 'notReadable'],
  ['no JSON', callOf('settled'), 'notReadable'],
  ['no UTF-8', callOf(Buffer.from([0x7b, 0xff, 0x7d])), 'notReadable'],
  [
    'a member twice',
    callOf(JSON.stringify(settled).replace('{', '{"type":"payment.declined",')),
    'notReadable',
  ],
  ['a member of its own', callOf({ ...settled, note: 'x' }), 'notReadable'],
  [
    'a payment without its amount',
    callOf(paymentEvent(instrId, amount, { amount: undefined })),
    'notReadable',
  ],
  [
    'a payment of what is no money',
    callOf(paymentEvent(instrId, { minor: 1n, currency: 'XAU' })),
    'notReadable',
  ],
  [
    'a return of what is no money',
    callOf(returnEvent(instrId, { minor: 1n, currency: 'XAU' })),
    'notReadable',
  ],
  ['a return with a status', callOf({ ...settled, type: 'payment.returned' }), 'notReadable'],
  [
    'deep',
    callOf(`{"type":"a.b","timestamp":"2026-11-22T10:00:00Z","data":${'['.repeat(20)}${']'.repeat(20)}}`),
    'notReadable',
  ],
];

for (const [what, call, refused] of rows) {
  test(`${what}: ${refused ?? 'believed'}`, async (t) => {
    const event = (await receiving(t)).readWebhook?.(call);
    if (refused !== undefined) return assert.equal(event, refused);
    assert.deepEqual(event, { eventId: id, text: JSON.stringify(settled) });
  });
}

test('without a key no webhook can be received, and what was kept is still read', async (t) => {
  const gateway = await receiving(t, []);
  assert.ok(!('readWebhook' in gateway));
  assert.equal(gateway.readNotice?.(JSON.stringify(settled))?.kind, 'answer');
});

const echo = { instrId, amount };
const known = { echo, gatewayReference: 'PSP-7' };
const answer = (said: Answer): Notice => ({ kind: 'answer', instrId, answer: said });
const half = { minor: 510n, currency: 'EUR' };
const came = (returned: ReturnWord): Notice => ({ kind: 'return', instrId, returned });
const back = { amount: half, reference: 'RET-3', at: new Date('2026-11-29T08:00:00Z') };

const golden: readonly (readonly [name: string, notice: Notice])[] = [
  [
    'settled',
    answer({
      kind: 'settled',
      ...known,
      settledAt: new Date('2026-11-22T10:00:01.123Z'),
      bookingDate: '2026-11-22',
      valueDate: '2026-11-23',
      charges: [{ kind: 'PROCESSING', amount: { minor: 10n, currency: 'EUR' } }],
    }),
  ],
  ['declined', answer({ kind: 'declined', ...known, reason: { code: 'AM04' } })],
  ['declined-duplicate', answer({ kind: 'unknown', cause: 'duplicate' })],
  ['cancelled', answer({ kind: 'cancelled', ...known, reason: { code: 'DS02' } })],
  ['expired', answer({ kind: 'expired', ...known, reason: { code: 'DS24' } })],
  [
    'contradictory',
    answer({ kind: 'pending', ...known, reason: { code: 'AM04' }, unknownCode: 'payment.settled/DECLINED' }),
  ],
  [
    'unknown-reason',
    answer({
      kind: 'pending',
      ...known,
      reason: { code: 'XX99' },
      unknownCode: 'payment.declined/DECLINED/XX99',
    }),
  ],
  ['returned', came({ kind: 'return', ...back, reason: { code: 'AC04' } })],
  ['charged-back', came({ kind: 'chargeback', ...back, reason: { code: 'MD06' } })],
  [
    'chargeback-reversed',
    came({ kind: 'chargebackReversal', amount: half, at: back.at, reason: { code: 'MD06' } }),
  ],
  ['unknown-type', { kind: 'other' }],
];

for (const [name, notice] of golden) {
  test(`the event psp-event-${name}`, async (t) => {
    const gateway = await receiving(t);
    const event = gateway.readWebhook?.(
      callOf(await readFile(`test/gateways/golden/psp-event-${name}.json`, 'utf8')),
    );
    assert.ok(typeof event === 'object');
    assert.deepEqual(gateway.readNotice?.(event.text), notice);
    // Neither what a PSP says beyond its contract nor where a payer is sent is written down.
    assert.doesNotMatch(event.text, /Jane|jane|DE89|redirectUrl/);
  });
}

test('what was kept and is of no contract any more says nothing', async (t) => {
  const gateway = await receiving(t);
  for (const text of ['', 'null', '{}', '{"type":"payment.settled"}', '\u0000'])
    assert.equal(gateway.readNotice?.(text), undefined, text);
});

test('amounts are counted as the PSP counts them', async (t) => {
  const gateway = await pspTo(t, nowhere, { webhookSecrets: [oldKey], exponents: { ISK: 2 } });
  const krona = callOf(returnEvent(instrId, { minor: 1_000n, currency: 'ISK' }));
  const event = gateway.readWebhook?.(krona);
  assert.ok(typeof event === 'object');
  const notice = gateway.readNotice?.(event.text);
  assert.ok(notice?.kind === 'return');
  assert.deepEqual(notice.returned.amount, { minor: 10n, currency: 'ISK' });
});
