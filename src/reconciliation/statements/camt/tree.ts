import { Buffer } from 'node:buffer';
import type { ReadBounds } from '../statement.ts';
import type { Element } from './element.ts';
import { lengthsMax, readNames } from './names.ts';
import type { Remarks } from './remarks.ts';
import type { OpenedElement } from './xml-stream.ts';

export type TreeProblem = 'textTooLong' | 'tooManyElements';

interface TreeOptions {
  readonly bounds: ReadBounds;
  readonly remarks: Remarks;
  /** A bound that the tree met; from there on it keeps nothing more. */
  readonly problem: (what: TreeProblem, field: string) => void;
  /** Whether an element that has ended is taken out of the tree, which then forgets it. */
  readonly takes: (element: Element, ancestors: readonly Element[]) => boolean;
}

export interface Tree {
  isOpen(): boolean;
  /** Begins a tree at its root. */
  begin(root: OpenedElement): void;
  /** Adds a child where the reader knows its name; otherwise it is to be passed over with all that it holds. */
  open(element: OpenedElement): 'added' | 'unknown';
  readonly text: (text: string) => void;
  readonly interrupted: () => void;
  /** Ends the innermost element; gives the root once that has ended. */
  close(): Element | undefined;
}

/** Elements that one tree, and one transaction within an entry, may keep. A transaction of all versions' elements has about 150. */
const elementsMax = 5000;
/** Characters that one entry may keep with all its transactions. */
const charactersMax = 32 * 1024 * 1024;

/** Builds the tree of one header element, balance or entry, within bounds. */
export function openTree({ bounds, remarks, problem, takes }: TreeOptions): Tree {
  const open: Element[] = [];
  /** How many elements were kept before each open one began. */
  const before: number[] = [];
  let elements = 0;
  let textBytes = 0;
  let characters = 0;
  let full = false;

  function add(element: Element): void {
    before.push(elements);
    elements += 1;
    textBytes = 0;
    if (elements > elementsMax) overflow('tooManyElements', element.name);
    open.push(element);
  }

  function overflow(what: TreeProblem, field: string): void {
    if (!full) problem(what, field);
    full = true;
  }

  return {
    isOpen: () => open.length > 0,
    begin(root) {
      [elements, characters, full] = [0, 0, false];
      add(begun(root));
    },
    open(element) {
      const parent = open.at(-1);
      if (parent !== undefined) [parent.hasElements, parent.text] = [true, ''];
      if (full || !readNames.has(element.name)) return 'unknown';
      add(begun(element));
      return 'added';
    },
    text(text) {
      const element = open.at(-1);
      if (element === undefined || full || element.hasElements) return;
      characters += text.length;
      textBytes += Buffer.byteLength(text);
      element.text += text;
      if (textBytes > bounds.textBytesMax) overflow('textTooLong', element.name);
      if (characters > charactersMax) overflow('tooManyElements', element.name);
    },
    interrupted() {
      const element = open.at(-1);
      if (element !== undefined) element.isInterrupted = true;
    },
    close() {
      const element = open.pop();
      const kept = before.pop() ?? 0;
      const parent = open.at(-1);
      if (element === undefined || parent === undefined) return element;
      warnOfLength(element, remarks);
      if (takes(element, open)) elements = kept;
      else if (!full) parent.children.push(element);
      return undefined;
    },
  };
}

function begun({ name, line, currency }: OpenedElement): Element {
  return { name, line, currency, children: [], text: '', hasElements: false, isInterrupted: false };
}

function warnOfLength({ name, text, line }: Element, remarks: Remarks): void {
  const most = lengthsMax.get(name);
  if (most !== undefined && text.length > most && text.trim().length > most) {
    remarks.warn('textLongerThanSchema', name, line);
  }
}
