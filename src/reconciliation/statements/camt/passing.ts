import type { OpenedElement, XmlEvents } from './xml-stream.ts';

interface Entered {
  /** Whether the element is read. `depth` is 1 at the root. */
  readonly enter: (element: OpenedElement, depth: number) => boolean;
  readonly text: (text: string) => void;
  readonly interrupted: () => void;
  /** An element that was entered has ended. */
  readonly leave: (depth: number) => void;
}

/** Passes over what is not read, each element with all that it holds. */
export function passingOver({ enter, text, interrupted, leave }: Entered): XmlEvents {
  let depth = 0;
  let passedFrom = 0;
  return {
    opened(element) {
      depth += 1;
      if (passedFrom === 0 && !enter(element, depth)) passedFrom = depth;
    },
    text(piece) {
      if (passedFrom === 0) text(piece);
    },
    interrupted() {
      if (passedFrom === 0) interrupted();
    },
    closed() {
      if (passedFrom === 0) leave(depth);
      if (passedFrom === depth) passedFrom = 0;
      depth -= 1;
    },
  };
}
