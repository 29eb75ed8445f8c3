/** A row as an engine tells it: SQL Server's driver hands 64-bit numbers over as text, which is as exact. */
export type Told<Row> = {
  readonly [Column in keyof Row]: bigint extends Row[Column] ? Row[Column] | string : Row[Column];
};
