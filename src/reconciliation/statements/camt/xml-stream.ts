import { SaxesParser } from 'saxes';
import type { ReadBounds } from '../statement.ts';

/** Why a text was not taken as XML. */
export type XmlRefusal =
  'notWellFormed' | 'doctype' | 'tooDeep' | 'tooManyAttributes' | 'tokenTooLong' | 'encodingContradiction';

export interface OpenedElement {
  /** The local name: a prefix says nothing. */
  readonly name: string;
  readonly namespace: string;
  readonly currency: string | undefined;
  readonly line: number;
}

/** What a text of XML consists of, in its order. `interrupted` is a comment, a processing instruction or a CDATA section. */
export interface XmlEvents {
  opened(element: OpenedElement): void;
  text(text: string): void;
  interrupted(): void;
  closed(): void;
}

export interface XmlStream {
  write(text: string): void;
  end(): void;
  line(): number;
}

interface XmlOptions {
  readonly bounds: ReadBounds;
  readonly events: XmlEvents;
  /** Whether the declared encoding is the one that the bytes were read in. */
  readonly agrees: (declared: string | undefined) => boolean;
  /** Called at the first reason to refuse, and perhaps again: the rest of the text that is being written is still parsed. */
  readonly refuse: (why: XmlRefusal) => void;
}

/** camt knows one attribute, Amt/@Ccy; namespaces and schema locations add a few. */
const attributesMax = 64;

const parserOptions = { xmlns: true, forceXMLVersion: true, defaultXMLVersion: '1.0' } as const;

/**
 * A class of our own not only for its `fail`: with seven listeners V8 turns a plain SaxesParser into a dictionary, and it
 * is five times slower from there on (measured).
 */
class Parser extends SaxesParser<typeof parserOptions> {
  readonly #refuse: (why: 'notWellFormed') => void;

  constructor(refuse: (why: 'notWellFormed') => void) {
    super(parserOptions);
    this.#refuse = refuse;
  }

  /** The parser's words may quote the file, so they go no further. */
  override fail(): this {
    this.#refuse('notWellFormed');
    return this;
  }
}

/**
 * A namespace-aware parser that refuses what it should not read on: a DOCTYPE, what is not well-formed, elements deeper
 * than `depthMax`, many attributes, and any token (a text, a comment, a tag) of more than twice `textBytesMax` characters,
 * which the parser would have to keep whole.
 */
export function openXml({ bounds, events, agrees, refuse }: XmlOptions): XmlStream {
  const parser = new Parser(refuse);
  const tokenMax = 2 * bounds.textBytesMax;
  let tokenFrom = 0;
  let written = 0;

  function checkToken(to: number): void {
    if (to - tokenFrom > tokenMax) refuse('tokenTooLong');
  }

  /** At every event: what was parsed since the last one is one token with the markup around it. */
  function tokenEnds(): void {
    checkToken(parser.position);
    tokenFrom = parser.position;
  }

  parser.on('doctype', () => refuse('doctype'));
  parser.on('xmldecl', ({ encoding }) => (agrees(encoding) ? undefined : refuse('encodingContradiction')));
  tellTags({ parser, depthMax: bounds.depthMax, events, refuse, tokenEnds });
  tellTexts(parser, events, tokenEnds);
  return {
    write(text) {
      parser.write(text);
      // Between two writes the parser's own position is not one: it counts the last piece twice.
      written += text.length;
      checkToken(written);
    },
    end: () => void parser.close(),
    line: () => parser.line,
  };
}

interface TagOptions extends Pick<XmlOptions, 'events' | 'refuse'> {
  readonly parser: Parser;
  readonly depthMax: number;
  readonly tokenEnds: () => void;
}

function tellTags({ parser, depthMax, events, refuse, tokenEnds }: TagOptions): void {
  let depth = 0;
  let attributes = 0;
  let line = 1;
  parser.on('opentagstart', () => {
    tokenEnds();
    attributes = 0;
    line = startLine(parser);
  });
  parser.on('attribute', () => {
    tokenEnds();
    attributes += 1;
    if (attributes > attributesMax) refuse('tooManyAttributes');
  });
  parser.on('opentag', ({ local, uri, attributes: { Ccy } }) => {
    tokenEnds();
    depth += 1;
    if (depth > depthMax) refuse('tooDeep');
    events.opened({ name: local, namespace: uri, currency: Ccy?.value, line });
  });
  parser.on('closetag', () => {
    tokenEnds();
    depth -= 1;
    events.closed();
  });
}

function tellTexts(parser: Parser, events: XmlEvents, tokenEnds: () => void): void {
  parser.on('text', (text) => {
    tokenEnds();
    events.text(text);
  });
  parser.on('cdata', (text) => {
    tokenEnds();
    events.interrupted();
    events.text(text);
  });
  parser.on('comment', () => {
    tokenEnds();
    events.interrupted();
  });
  parser.on('processinginstruction', ({ body }) => {
    tokenEnds();
    events.interrupted();
    // The parser takes `<?a?b ?>` for the instruction `a`, where XML wants a space: no bank writes a body that begins so.
    if (body.startsWith('?')) parser.fail();
  });
}

/** The name of a tag has ended with the character just read: where that was a line break, the tag began a line earlier. */
function startLine({ line, column }: Parser): number {
  return column === 0 ? line - 1 : line;
}
