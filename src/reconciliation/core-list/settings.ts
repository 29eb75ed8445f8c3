import type { CoreCsv } from './csv.ts';
import type { CoreWords } from './row.ts';

/** How lists of the core are read and compared: as the configuration has it, its schema having accepted it. */
export interface CoreListSettings {
  /** Whose payments a list speaks of where nobody says. */
  readonly partner?: string;
  /** What happened so shortly before a list was made is expected to differ. */
  readonly graceMs: number;
  /** From the window's begin to its end. */
  readonly windowMsMax: number;
  readonly bytesMax: number;
  readonly rowsMax: number;
  /** Differences of which nobody knows yet. A list with more of them is another list than was meant, and opens none. */
  readonly breaksMax: number;
  readonly csv: CoreCsv & Pick<CoreWords, 'decimal' | 'timesInUtc'>;
  readonly directions: CoreWords['directions'];
  readonly statuses: CoreWords['statuses'];
}

/** Bounds that the list shares with statements and their matching. */
export interface CoreListLimits {
  /** Payments of one question. */
  readonly pageMax: number;
  /** So long people have for a break. */
  readonly workWithinDays: number;
  /** So long a list waits for another one to end. */
  readonly importWaitMs: number;
  /** So long nobody else compares after a process died while it did. */
  readonly importLeaseMs: number;
  readonly remarksMax: number;
}
