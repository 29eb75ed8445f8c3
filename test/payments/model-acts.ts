/** Random acts. None needs another one to make sense, so that a failure can be told with those that matter. */
import fc from 'fast-check';
import type { ReturnWord } from '../../src/payments/gateways.ts';
import { resolutions, type Resolution } from '../../src/payments/people/resolutions.ts';
import { endings, statusMoods, submitMoods, type Ending, type Moods } from './model-gateway.ts';
import { deaths, type Doom } from './model-lives.ts';

export type What =
  | {
      readonly act: 'pay';
      readonly reference: number;
      readonly copies: number;
      readonly otherContent: boolean;
    }
  | { readonly act: 'transfer'; readonly id: number; readonly otherAmount: boolean }
  | { readonly act: 'status'; readonly payment: number }
  | { readonly act: 'cancel'; readonly payment: number }
  | { readonly act: 'rounds' }
  | { readonly act: 'together'; readonly payment: number }
  | { readonly act: 'wait'; readonly ms: number }
  /** An instruction that is under way arrives, or one that is pending ends. */
  | { readonly act: 'gatewayGoesOn'; readonly instruction: number; readonly ending: Ending }
  | {
      readonly act: 'webhook';
      readonly instruction: number;
      readonly says: 'truth' | 'pending' | 'stranger' | 'other' | 'unreadable';
      readonly copies: number;
      /** A wait between its receipt and its application, so that others come first. */
      readonly later: boolean;
    }
  /** Two people about a case; `alone`: one of them tries to be both. */
  | {
      readonly act: 'people';
      readonly index: number;
      readonly resolution: Resolution;
      readonly alone: boolean;
    }
  | {
      readonly act: 'comesBack';
      readonly instruction: number;
      readonly kind: ReturnWord['kind'];
      readonly reference: number;
      readonly tenth: number;
    }
  | { readonly act: 'recover' };

/** What one of the two bridges does, how the gateways behave meanwhile, and where it dies. */
export type Act = What & { readonly on: 0 | 1; readonly moods: Moods; readonly doom?: Doom };

const nat = (max: number) => fc.nat({ max });

const what: fc.Arbitrary<What> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      act: fc.constant('pay' as const),
      reference: nat(59),
      copies: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.constant(3)),
      otherContent: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('transfer' as const),
      id: nat(30),
      otherAmount: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('status' as const), payment: nat(59) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('cancel' as const), payment: nat(59) }) },
  { weight: 4, arbitrary: fc.constant({ act: 'rounds' as const }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('together' as const), payment: nat(59) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('wait' as const),
      ms: fc.constantFrom(100, 1_000, 2_600, 4_000, 10_000, 60_000, 900_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('gatewayGoesOn' as const),
      instruction: nat(59),
      ending: fc.oneof(
        { weight: 2, arbitrary: fc.constant('settled' as const) },
        fc.constantFrom(...endings),
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('webhook' as const),
      instruction: nat(59),
      says: fc.oneof(
        { weight: 5, arbitrary: fc.constant('truth' as const) },
        fc.constantFrom('pending' as const, 'stranger' as const, 'other' as const, 'unreadable' as const),
      ),
      copies: fc.integer({ min: 1, max: 3 }),
      later: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('people' as const),
      index: nat(9),
      resolution: fc.constantFrom(...resolutions),
      alone: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('comesBack' as const),
      instruction: nat(59),
      kind: fc.constantFrom('return' as const, 'chargeback' as const, 'chargebackReversal' as const),
      // 0 for none, so that a return is known by its amount alone.
      reference: nat(3),
      tenth: fc.constantFrom(1, 5, 10),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ act: 'recover' as const }) },
);

const moods: fc.Arbitrary<Moods> = fc.record({
  submit: fc.oneof(
    { weight: 1, arbitrary: fc.constant('settle' as const) },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'lost' as const,
        'late' as const,
        'settleSilently' as const,
        'refuseConnection' as const,
        'falseRefusal' as const,
      ),
    },
    { weight: 3, arbitrary: fc.constantFrom(...submitMoods) },
  ),
  status: fc.oneof(
    { weight: 4, arbitrary: fc.constant('truth' as const) },
    { weight: 4, arbitrary: fc.constantFrom('silent' as const, 'notFound' as const) },
    { weight: 1, arbitrary: fc.constantFrom(...statusMoods) },
  ),
  ledgerMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.constantFrom(300, 3_000, 6_000)),
});

const doom: fc.Arbitrary<Doom> = fc.record({
  at: fc.constantFrom(...deaths),
  time: fc.constantFrom(1, 1, 1, 2, 3),
});

const act: fc.Arbitrary<Act> = fc
  .tuple(
    what,
    fc.constantFrom(0 as const, 1 as const),
    moods,
    fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: doom }),
  )
  .map(([done, on, mood, end]) => ({ ...done, on, moods: mood, ...(end && { doom: end }) }));

/** One ledger's story, the same one for the same seed. */
export function storyOf(seed: number, length: number): readonly Act[] {
  return fc.sample(act, { seed, numRuns: length });
}
