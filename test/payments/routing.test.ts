import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Gateway, GatewayCapabilities } from '../../src/payments/gateways.ts';
import { paymentMethods, type Instruction } from '../../src/payments/payment.ts';
import { gatewaysFor } from '../../src/payments/routing.ts';
import type { Route } from '../../src/payments/world.ts';
import { scriptedGateway } from '../support/gateway.ts';
import { euros, someInstruction } from '../support/payments.ts';

const everything: GatewayCapabilities = {
  directions: ['CRDT', 'DBIT'],
  currencies: ['EUR', 'USD'],
  methods: paymentMethods,
  amountMax: [],
};

function gateway(name: string, capabilities: Partial<GatewayCapabilities> = {}): [string, Gateway] {
  return [name, scriptedGateway({ name, capabilities: { ...everything, ...capabilities } })];
}

const gateways = new Map([
  gateway('bank'),
  gateway('second'),
  gateway('depositsOnly', { directions: ['CRDT'] }),
  gateway('dollars', { currencies: ['USD'] }),
  gateway('cards', { methods: ['CARD'] }),
  gateway('small', { amountMax: [euros(100n)] }),
]);

const toBank = { gateways: ['bank'] };
const rows: [what: string, change: Partial<Instruction>, routes: Route[], expected: string[]][] = [
  ['no route', {}, [], []],
  ['a route without conditions', {}, [toBank], ['bank']],
  ['alternatives in their order', {}, [{ gateways: ['second', 'bank'] }], ['second', 'bank']],
  ['the first route that fits', {}, [{ direction: 'DBIT', gateways: ['second'] }, toBank], ['bank']],
  ['only the first route that fits', {}, [{ gateways: ['dollars'] }, toBank], []],
  ['direction', { direction: 'DBIT' }, [{ direction: 'DBIT', ...toBank }], ['bank']],
  ['method', {}, [{ methods: ['CARD'], ...toBank }], []],
  ['currency', {}, [{ currencies: ['USD'], ...toBank }], []],
  ['brand', {}, [{ brands: ['royal'], ...toBank }], []],
  ['partner', {}, [{ partners: ['partner-a'], ...toBank }], ['bank']],
  ['partner of others', {}, [{ partners: ['partner-b'], ...toBank }], []],
  ['from this amount', {}, [{ amountMin: euros(1000n), ...toBank }], ['bank']],
  ['from a larger amount', {}, [{ amountMin: euros(1001n), ...toBank }], []],
  ['up to this amount', {}, [{ amountMax: euros(1000n), ...toBank }], ['bank']],
  ['up to a smaller amount', {}, [{ amountMax: euros(999n), ...toBank }], []],
  ['a bound in another currency', {}, [{ amountMax: { minor: 9n ** 9n, currency: 'USD' }, ...toBank }], []],
  ['a gateway that nobody configured', {}, [{ gateways: ['gone', 'bank'] }], ['bank']],
  ['not by one for deposits only', { direction: 'DBIT' }, [{ gateways: ['depositsOnly', 'bank'] }], ['bank']],
  ['not by one for other currencies', {}, [{ gateways: ['dollars', 'bank'] }], ['bank']],
  ['not by one for other methods', {}, [{ gateways: ['cards', 'bank'] }], ['bank']],
  ['not by one for smaller amounts', {}, [{ gateways: ['small', 'bank'] }], ['bank']],
  ['by one for small amounts', { amount: euros(100n) }, [{ gateways: ['small', 'bank'] }], ['small', 'bank']],
];

for (const [what, change, routes, expected] of rows) {
  test(`route: ${what}`, () => {
    const names = gatewaysFor(someInstruction(change), routes, gateways).map(({ name }) => name);
    assert.deepEqual(names, expected);
  });
}
