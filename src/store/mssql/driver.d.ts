/** What we use of the package `mssql`, which ships no types. */
declare module 'mssql' {
  import type { EventEmitter } from 'node:events';

  /** Of tedious, which is below. */
  interface Connection extends EventEmitter {
    close(): void;
  }

  interface SqlType {
    readonly declaration: string;
  }

  interface Settings {
    readonly server: string;
    readonly port: number;
    readonly user: string;
    readonly password: string;
    readonly database: string;
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    /** `socket`: a connection whose socket is gone is not handed out, and no question is asked for it. */
    readonly validateConnection: 'socket';
    readonly options: Readonly<Record<string, unknown>>;
    readonly pool: {
      readonly min: number;
      readonly max: number;
      readonly acquireTimeoutMillis: number;
      readonly idleTimeoutMillis: number;
    };
    readonly beforeConnect: (connection: Connection) => void;
  }

  interface Answer<Row> {
    readonly recordsets: readonly (readonly Row[])[];
  }

  interface Request {
    input(name: string, type: SqlType, value: unknown): Request;
    query<Row>(text: string): Promise<Answer<Row>>;
    batch<Row>(text: string): Promise<Answer<Row>>;
  }

  interface ConnectionPool extends EventEmitter {
    connect(): Promise<ConnectionPool>;
    close(): Promise<void>;
    request(overrides?: { readonly requestTimeout: number }): Request;
    transaction(): Transaction;
  }

  interface Transaction extends EventEmitter {
    begin(): Promise<Transaction>;
    commit(): Promise<void>;
    rollback(): Promise<void>;
    request(): Request;
  }

  interface Driver {
    readonly ConnectionPool: new (settings: Settings) => ConnectionPool;
    readonly MAX: number;
    VarChar(length: number): SqlType;
    NVarChar(length: number): SqlType;
    BigInt(): SqlType;
    Int(): SqlType;
  }

  const driver: Driver;
  export default driver;
  export type { Answer, Connection, ConnectionPool, Request, Settings, SqlType, Transaction };
}
