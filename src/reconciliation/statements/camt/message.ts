import type { ReadBounds, StatementPart } from '../statement.ts';
import type { Element } from './element.ts';
import { formatOf, isOfAnotherMessage, messageNamed } from './names.ts';
import { passingOver } from './passing.ts';
import type { Remarks } from './remarks.ts';
import { openStatement } from './statement-parts.ts';
import type { StatementParts } from './statement-parts.ts';
import { openTree } from './tree.ts';
import type { OpenedElement, XmlEvents } from './xml-stream.ts';

export type MessageRefusal = 'notAStatement' | 'noStatement' | 'textTooLong' | 'tooManyElements';

interface MessageOptions {
  readonly bounds: ReadBounds;
  readonly remarks: Remarks;
  readonly give: (part: StatementPart) => void;
  readonly refuse: (rule: MessageRefusal) => void;
}

interface CamtMessage extends XmlEvents {
  /** To be called when the XML has ended well: refuses what held no statement. */
  finish(): void;
}

/** Tells the elements of one camt message as the parts of its statements. */
export function openMessage({ bounds, remarks, give, refuse }: MessageOptions): CamtMessage {
  const envelope = openEnvelope(remarks, refuse);
  let group: Element | undefined;
  let statement: StatementParts | undefined;
  let statements = 0;

  const tree = openTree({
    bounds,
    remarks,
    problem: (what, field) => (statement?.spoil(what, field) === true ? undefined : refuse(what)),
    takes: (element, ancestors) => statement?.takes(element, ancestors) ?? false,
  });

  /** Where an element stands decides what it is: Document, the message, its header and statements, their parts. */
  function enter(element: OpenedElement, depth: number): boolean {
    if (tree.isOpen()) return tree.open(element) === 'added' && envelope.notice(element);
    if (depth <= 2) return envelope.enter(element, depth);
    if (depth === 3) return enterPart(element);
    return statement?.enter(element.name) === true && enterTree(element);
  }

  function enterPart(element: OpenedElement): boolean {
    if (element.name === 'GrpHdr') return enterTree(element);
    const message = envelope.message();
    if (message === undefined || element.name !== message.statement) return false;
    statements += 1;
    statement = openStatement({ ...message, ...bounds, remarks, give, group, line: element.line });
    return envelope.notice(element);
  }

  function enterTree(element: OpenedElement): boolean {
    tree.begin(element);
    return envelope.notice(element);
  }

  function leave(depth: number): void {
    if (tree.isOpen()) {
      const root = tree.close();
      if (root?.name === 'GrpHdr') group = root;
      else if (root !== undefined) statement?.take(root);
    } else if (depth === 3) {
      statement?.close();
      statement = undefined;
    }
  }

  return {
    ...passingOver({ enter, leave, text: tree.text, interrupted: tree.interrupted }),
    finish() {
      if (statements === 0) refuse(envelope.message() === undefined ? 'notAStatement' : 'noStatement');
    },
  };
}

type KnownMessage = NonNullable<ReturnType<typeof messageNamed>> & {
  readonly namespace: string;
  readonly format: string;
};

interface Envelope {
  enter(element: OpenedElement, depth: number): boolean;
  message(): KnownMessage | undefined;
  /** Always true: elements are read by their local names, whatever their namespace, and one in another is said once. */
  notice(element: OpenedElement): true;
}

/** Document and the one message in it, which say what the file is. */
function openEnvelope(remarks: Remarks, refuse: (rule: 'notAStatement') => void): Envelope {
  let documentNamespace = '';
  let message: KnownMessage | undefined;
  let isStrangerSaid = false;
  return {
    enter({ name, namespace, line }, depth) {
      const known = depth === 2 && message === undefined ? messageNamed(name) : undefined;
      if (depth === 1 ? name !== 'Document' : known === undefined) refuse('notAStatement');
      if (depth === 1) documentNamespace = namespace;
      if (known === undefined) return depth === 1;
      const said = namespace === '' ? documentNamespace : namespace;
      if (isOfAnotherMessage(said, known.name)) remarks.warn('otherMessageNamespace', 'Document', line);
      message = { ...known, namespace, format: formatOf(said, known.name) };
      return true;
    },
    message: () => message,
    notice({ name, namespace, line }) {
      if (!isStrangerSaid && namespace !== message?.namespace) {
        isStrangerSaid = true;
        remarks.warn('otherNamespace', name, line);
      }
      return true;
    },
  };
}
