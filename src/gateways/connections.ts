import type { GatewayTls } from './kind.ts';

/** How connections of one kind are opened and ended. */
export interface Wiring<Wire> {
  readonly open: (tls: GatewayTls) => Wire;
  /** Closes what is idle, lets what is under way come to its end, and resolves when nothing is left. */
  readonly retire: (wire: Wire) => Promise<void>;
  /** Cuts everything. */
  readonly destroy: (wire: Wire) => Promise<void>;
}

/** The connections to one gateway, which can be replaced while they are in use. */
export interface Renewable<Wire> {
  /** What a call that begins now goes over. */
  current(): Wire;
  /**
   * Calls that begin from now on are made by new connections, under the new identity and authorities. A call under way stays
   * where it is until it is over, because to cut it would leave its outcome unknown. @throws where TLS refuses what it is given
   */
  renew(tls: GatewayTls): void;
  /** Cuts all of them, also those that were replaced. */
  close(): Promise<void>;
}

/** Old and new never share anything: a session of the old ones could be resumed under the old certificate. */
export function renewable<Wire>(tls: GatewayTls, { open, retire, destroy }: Wiring<Wire>): Renewable<Wire> {
  let current = open(tls);
  const retired = new Set<Wire>();
  return {
    current: () => current,
    renew(next) {
      const old = current;
      current = open(next);
      retired.add(old);
      void retire(old).finally(() => retired.delete(old));
    },
    async close() {
      await Promise.all([current, ...retired].map(destroy));
    },
  };
}
