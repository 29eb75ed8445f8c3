import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';

/** Where the house tells what happens in it: a code, an id or a name of the configuration, and nothing else. */
export interface Instruments {
  readonly log: Log;
  readonly metrics: Metrics;
}
