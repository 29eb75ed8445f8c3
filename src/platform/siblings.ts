/** What the other processes of the same bridge have counted, where there are any. */
import {
  AggregatorRegistry,
  type MetricObjectWithValues,
  type MetricValue,
  type Registry,
} from 'prom-client';

/** What one process has counted, as it travels to another. */
export type MetricsSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface SiblingMetrics {
  /** Of those that answered; and what was counted by those that did not, or are gone, as they said last. */
  readonly snapshots: readonly MetricsSnapshot[];
  readonly answered: number;
  /** How many did not answer in time. */
  readonly silent: number;
  /** How many processes of this bridge have died, and were replaced, since it started. */
  readonly deaths: number;
}

export interface CountingSiblings {
  /** Never rejects: whoever does not answer within a bound is left out, and counted. They keep what this one has counted. */
  metrics(own: MetricsSnapshot): Promise<SiblingMetrics>;
}

/** Counters are summed; each gauge says for itself what it comes to. */
export function joined(snapshots: readonly MetricsSnapshot[]): Registry {
  return AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot]));
}

/** Without the gauges, which say nothing any more once their process is gone. */
export function countsOf(snapshot: MetricsSnapshot): MetricsSnapshot {
  // prom-client types this as a number and writes a word.
  return snapshot.filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
}
