import type { AnySchemaObject } from 'ajv/dist/2020.js';
import { type Refusal, refusedUnasked } from '../../payments/refusals.ts';
import type { CallContext } from '../../payments/world.ts';
import type { DoorPlaces } from '../door-places.ts';
import type { Client } from './clients.ts';
import type { DoorProblemCode } from './problems.ts';
import type { Query } from './query.ts';

/** One thing that the internal door can be asked, by everybody who reaches it. */
export interface OpenEndpoint {
  readonly method: 'GET';
  /** An express path; its parameters reach the visit. */
  readonly path: string;
  /** Its name in the log and the metrics. */
  readonly operation: string;
  respond(): Promise<Reply>;
}

/** One thing that a client can ask. */
export interface Endpoint extends Pick<OpenEndpoint, 'path' | 'operation'> {
  readonly method: 'GET' | 'POST';
  /** A question about one payment is answered however many instructions wait: in the lane of its own kind. */
  readonly lane?: 'status';
  /** Places of its own, so that it takes none of a payment's. */
  readonly places?: DoorPlaces;
  /** For the published contract. */
  readonly summary?: string;
  /** What each parameter of the query must be, as text; another one is refused. */
  readonly query?: AnySchemaObject;
  /** What the body must be; without it none is read. */
  readonly request?: AnySchemaObject;
  /** The body is a file, which the endpoint reads itself: of any kind, or where there is `request` JSON that is as it says. */
  readonly upload?: true;
  /** No body means the empty object. */
  readonly requestOptional?: true;
  /** Its request carries no reference, so that no key could be equal to it. */
  readonly keyless?: true;
  /** What a document must be before it leaves. */
  readonly response?: AnySchemaObject;
  /** Media types besides JSON in which it answers where it is asked to. */
  readonly mediaTypes?: readonly string[];
  /** The statuses of an answer that is no refusal, each with what it says; 200 where nothing is written here. */
  readonly answers?: Readonly<Record<number, string>>;
  respond(visit: ClientVisit): Promise<Answer>;
}

/** A request that has passed the door's checks. */
export interface ClientVisit {
  readonly client: Client;
  readonly parameters: Parameters;
  readonly query: Query;
  /** As the schema of the request allows it. */
  readonly body: unknown;
  /** The body as it comes, of an upload; to be read once, and only with a bound. */
  readonly bytes: () => AsyncIterable<Uint8Array>;
  /** Told of the work that may go on after the answer: so long the caller has his place. */
  readonly keep: (work: Promise<unknown>) => void;
  readonly idempotencyKey?: string;
  readonly context: CallContext;
}

export type Parameters = Readonly<Record<string, string | undefined>>;

export type Reply =
  | {
      readonly document: object;
      readonly status?: number;
      readonly headers?: Headers;
      /** What is said instead of a document that breaks its own schema, because money may have moved; nothing known where it is absent. */
      readonly ifInvalid?: Refusal;
    }
  | { readonly content: string | Buffer; readonly mediaType: string };

type Headers = Readonly<Record<string, string>>;

/** An answer, a refusal of the use cases, or one of this door. */
export type Answer = Reply | Refusal | DoorRefusal;

export interface DoorRefusal {
  readonly problem: DoorProblemCode;
  readonly headers?: Headers;
}

/** A request that does not follow the contract, at the places that are named. */
export function invalid(violations: NonNullable<Refusal['violations']>): Refusal {
  return refusedUnasked('REQUEST_INVALID', { violations });
}
