/** PEM (RFC 7468) taken apart. Text between the blocks is a remark, as OpenSSL reads it. */

export interface PemBlock {
  /** What stands after BEGIN: `CERTIFICATE`, `PRIVATE KEY`, ... */
  readonly label: string;
  /** The whole block with both of its lines, and a line's end after it. */
  readonly text: string;
}

/** A file with more is none of ours. */
const blocksMax = 1_000;

/**
 * The blocks of a text in their order. Undefined where one has no end, or another one's, or where there are more than
 * 1000: a file that was cut off is not read as a shorter one.
 */
export function readPemBlocks(text: string): readonly PemBlock[] | undefined {
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly lines: string[] } | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, mark, label = ''] = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----\s*$/.exec(line) ?? [];
    if (mark === 'BEGIN') {
      if (open !== undefined) return undefined;
      open = { label, lines: [] };
    }
    open?.lines.push(line.trimEnd());
    if (mark !== 'END') continue;
    if (open?.label !== label || blocks.length === blocksMax) return undefined;
    blocks.push({ label, text: `${open.lines.join('\n')}\n` });
    open = undefined;
  }
  return open === undefined ? blocks : undefined;
}
