export interface JsonCutting {
  /** More of the text. Undefined, or why it cannot be such an object. */
  write(text: string): JsonCutRefusal | undefined;
  /** The object without its rows (`[]` stands where they stood), once the text is over. */
  end(): string | JsonCutRefusal;
}

export interface JsonCutRefusal {
  readonly refused: 'notWellFormed' | 'rowTooLong' | 'headTooLong';
}

interface CutOptions {
  /** Characters of one row, and of all that is around the rows. */
  readonly pieceMax: number;
  readonly row: (text: string) => void;
}

const notWellFormed = { refused: 'notWellFormed' } as const;
/** Everything else changes nothing of where we are. */
const marks = /["\\{}[\],]/g;

/**
 * Cuts a JSON object with an array of rows in it into the rows' texts and the rest, so that a long list takes no memory. Only
 * brackets, commas and quotes are looked at: what a row or the rest says is for a JSON parser, which also finds what is not
 * well-formed in them. Rows are the members of any array that stands directly in the object.
 */
export function openJsonCut(options: CutOptions): JsonCutting {
  const walk = openWalk(options);
  let [isText, isEscaped] = [false, false];

  function take(mark: string): void {
    if (isText) {
      if (mark === '"' && !isEscaped) isText = false;
      isEscaped = mark === '\\' && !isEscaped;
      return walk.add(mark);
    }
    isText = mark === '"';
    return walk.step(mark);
  }

  function plain(text: string): void {
    if (text === '') return;
    isEscaped = false;
    walk.add(text);
  }

  return {
    write(text) {
      let from = 0;
      for (const { 0: mark, index } of text.matchAll(marks)) {
        plain(text.slice(from, index));
        take(mark);
        if (walk.refusal() !== undefined) return walk.refusal();
        from = index + 1;
      }
      plain(text.slice(from));
      return walk.refusal();
    },
    end: () => walk.end(),
  };
}

/** Where in the object we are, by the marks that stand outside of texts. */
function openWalk({ pieceMax, row }: CutOptions) {
  let [head, held] = ['', ''];
  let [depth, rows] = [0, 0];
  let isOver = false;
  let refusal: JsonCutRefusal | undefined;

  /** Below the object there is only the array of rows. */
  function add(text: string): void {
    if (depth >= 2) held += text;
    else head += text;
    if (held.length > pieceMax) refusal ??= { refused: 'rowTooLong' };
    if (head.length > pieceMax) refusal ??= { refused: 'headTooLong' };
  }

  function giveRow(isLast: boolean): void {
    if (held.trim() !== '') {
      row(held);
      rows += 1;
    } else if (!isLast || rows > 0) refusal ??= notWellFormed;
    held = '';
  }

  function open(mark: string): void {
    const isRows = mark === '[';
    if ((depth === 0 && (isRows || isOver)) || (depth === 1 && !isRows)) refusal ??= notWellFormed;
    add(mark);
    depth += 1;
    if (depth === 2) rows = 0;
  }

  function close(mark: string): void {
    if (depth === 2) giveRow(true);
    if (depth <= 2) depth -= 1;
    add(mark);
    if (depth > 2) depth -= 1;
    if (depth <= 0) isOver = true;
    if (depth < 0) refusal ??= notWellFormed;
  }

  return {
    add,
    step(mark: string): void {
      if (mark === ',' && depth === 2) giveRow(false);
      else if (mark === '[' || mark === '{') open(mark);
      else if (mark === ']' || mark === '}') close(mark);
      else add(mark);
    },
    refusal: () => refusal,
    end: () => refusal ?? (isOver && depth === 0 ? head : notWellFormed),
  };
}
