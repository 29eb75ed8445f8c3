/** What the other processes of the same bridge have counted, where there are any. */
import type { MetricObjectWithValues, MetricValue } from 'prom-client';

/** What one process has counted, as it travels to another. */
export type MetricsSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[];

export interface SiblingMetrics {
  readonly snapshots: readonly MetricsSnapshot[];
  /** How many did not answer in time. */
  readonly silent: number;
  /** How many processes of this bridge have died, and were replaced, since it started. */
  readonly deaths: number;
}

export interface CountingSiblings {
  /** Never rejects: whoever does not answer within a bound is left out, and counted. */
  metrics(): Promise<SiblingMetrics>;
}

/** Of a process that is all there is. */
export const nobodyElse: SiblingMetrics = { snapshots: [], silent: 0, deaths: 0 };
