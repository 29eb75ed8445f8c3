/** What a kind of gateway consists of, and what every gateway has whatever its kind. */
import type { CheckRules, Gateway, GatewayCapabilities } from '../payments/gateways.ts';
import type { Clock } from '../payments/ports.ts';
import { defaultCheckRules } from '../payments/schedule.ts';
import type { ReadReference } from '../platform/references.ts';
import type { TlsIdentity } from '../platform/tls.ts';
import type { BreakerLimits } from './breaker.ts';

/** The bounds of a call; config/schema.json has the same ones for every kind. */
export interface CallLimits {
  /** From the start of a try until its connection stands, the wait for a free one included. */
  readonly connectTimeoutMs: number;
  /** From the start of a call until the last byte of the reply, all of its tries included. */
  readonly totalTimeoutMs: number;
  /** A kept connection that lies idle longer is closed by us, so that we do not write into one that the other side is closing. */
  readonly idleTimeoutMs: number;
  readonly replyBytesMax: number;
  /** Calls at once, at most half of them questions; above it an instruction is `neverSent`, a question unanswered. */
  readonly callsMax: number;
  /** How often one call is tried at most while its connection comes to nothing; 1 for no second try. */
  readonly triesMax: number;
  /** At most so long before the next try, at least half of it. */
  readonly retryPauseMs: number;
  /** From the start of a question for a statement until its last byte, all of its parts included. */
  readonly statementTimeoutMs: number;
  /** A longer statement is not read. */
  readonly statementBytesMax: number;
}

export const defaultCallLimits: CallLimits = {
  connectTimeoutMs: 3_000,
  totalTimeoutMs: 20_000,
  idleTimeoutMs: 4_000,
  replyBytesMax: 65_536,
  callsMax: 128,
  triesMax: 3,
  retryPauseMs: 200,
  statementTimeoutMs: 60_000,
  statementBytesMax: 64 * 1024 * 1024,
};

/** What no gateway promises, it is not held to: without a dedup window nothing is sent again. */
export const defaultChecks: CheckRules = { ...defaultCheckRules, resendsMax: 1 };

/** A gateway as the configuration writes it, once its schema has accepted it; a kind's own members come on top. */
export interface GatewaySeed extends Omit<GatewayCapabilities, 'amountMax'> {
  readonly name: string;
  readonly kind: string;
  /** An address, or a reference to one. */
  readonly url: string;
  /** References to PEM files, as are the next two. */
  readonly authorities: readonly string[];
  readonly certificate?: string;
  readonly key?: string;
  /** Decimal text by currency. */
  readonly amountMax?: Readonly<Record<string, string>>;
  readonly limits?: Partial<CallLimits>;
  readonly breaker?: Partial<BreakerLimits>;
  readonly checks?: Partial<CheckRules>;
}

/** What a gateway is opened with, its files read; a kind's own members come on top. Plain data, because it is frozen. */
export interface GatewaySettings {
  readonly name: string;
  readonly kind: string;
  /** Where the gateway answers; https only. */
  readonly url: string;
  readonly tls: GatewayTls;
  readonly capabilities: GatewayCapabilities;
  readonly limits: Partial<CallLimits>;
  readonly breaker: Partial<BreakerLimits>;
  readonly checks: Partial<CheckRules>;
}

/** Settings in which no bound is missing. */
export type WholeSettings<Settings extends GatewaySettings = GatewaySettings> = Omit<Settings, keyof Bounds> &
  Bounds;

/** Every bound of a gateway. */
export interface Bounds {
  readonly limits: CallLimits;
  readonly breaker: BreakerLimits;
  readonly checks: CheckRules;
}

export interface GatewayTls {
  /** Our client certificate and its key, where the gateway asks for one. */
  readonly identity?: TlsIdentity;
  /** Who may have issued the gateway's certificate (PEM). */
  readonly authorities: readonly string[];
  readonly servername?: string;
}

/** A gateway that is called, and can be told to show another certificate meanwhile. */
export interface OpenGateway extends Gateway {
  /**
   * Connections from now on show the new identity and believe the new authorities; those that stand are closed when idle, and
   * no call under way is cut. @throws where OpenSSL refuses either; nothing changes then
   */
  renew(tls: GatewayTls): void;
}

export interface GatewaySurroundings {
  readonly clock: Pick<Clock, 'now'>;
  /** From 0 to below 1: spreads the tries of calls that failed together. */
  readonly random?: () => number;
  /** Told once for each order whose last byte was given to the connection, before its reply is read; a test ends the process there. */
  readonly reached?: (point: 'afterSend') => void;
}

/**
 * One kind of gateway: a folder beside this file, a line in kinds.ts, and `$defs/KIND` in config/schema.json. Its methods
 * name the seed and the settings of their own kind as parameters: what they are given was read by that schema and by `readOwn`.
 */
export interface GatewayKind {
  readonly defaultLimits: CallLimits;
  /** The settings that only this kind has. @throws Misconfigured, with places that start with `at` */
  readOwn?(seed: GatewaySeed, at: string, read: ReadReference): object;
  /** Ready to be called; bounds that the configuration left out are the kind's. Rejects where the contract on disk or the address is wrong. */
  open(settings: WholeSettings, surroundings: GatewaySurroundings): Promise<OpenGateway>;
}
