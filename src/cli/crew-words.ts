/** What the processes of one bridge say to one another, over the channel that Node opens between them. */
import type { BoundPorts } from '../app.ts';
import type { LookCause } from '../pki/certificate-keeper.ts';
import type { MetricsSnapshot, SiblingMetrics } from '../platform/siblings.ts';

export type ToPrimary =
  | { readonly kind: 'listening'; readonly ports: BoundPorts }
  | { readonly kind: 'reload'; readonly cause: LookCause }
  /** What have the others counted? And what this one has. */
  | { readonly kind: 'othersAsked'; readonly id: number; readonly snapshot: MetricsSnapshot }
  | { readonly kind: 'counted'; readonly id: number; readonly snapshot: MetricsSnapshot };

export type ToWorker =
  | { readonly kind: 'reload'; readonly cause: LookCause }
  /** What have you counted? */
  | { readonly kind: 'asked'; readonly id: number }
  | { readonly kind: 'othersTold'; readonly id: number; readonly told: SiblingMetrics };
