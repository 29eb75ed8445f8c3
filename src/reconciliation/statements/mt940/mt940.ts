import type { ReadBounds, StatementPart, StatementReader } from '../statement.ts';
import { openFields } from './fields.ts';
import { openLines } from './lines.ts';
import { openRemarks } from './remarks.ts';
import { openStatements } from './statements.ts';

/** Why a whole file was refused. docs/statements-mt940.md says each in a sentence. */
type Mt940Refusal = 'tooManyBytes' | 'tooManyBadRows' | 'unknownEncoding' | 'notAStatement';

/** Bytes that are read before their parts are handed on. */
const pieceBytes = 64 * 1024;

/**
 * Reads MT940 and MT942, with SWIFT's blocks or without, any number of messages in a file, line by line: what is kept is
 * one entry and what a piece of 64 KiB tells. Refused whole: what has nothing of a statement, UTF-16, and what is
 * past a bound.
 */
export const readMt940: StatementReader = async function* readMt940(bytes, bounds) {
  const told: StatementPart[] = [];
  const reading = openReading(bounds, (part) => told.push(part));
  for await (const chunk of bytes) {
    for (let from = 0; from < chunk.length; from += pieceBytes) {
      reading.write(chunk.subarray(from, from + pieceBytes));
      const refused = reading.refused();
      if (refused !== undefined) {
        yield refused;
        return;
      }
      yield* told.splice(0);
    }
  }
  reading.end();
  const refused = reading.refused();
  if (refused === undefined) yield* told;
  else yield refused;
};

interface Reading {
  write(bytes: Uint8Array): void;
  end(): void;
  refused(): (StatementPart & { part: 'refused' }) | undefined;
}

function openReading(bounds: ReadBounds, give: (part: StatementPart) => void): Reading {
  const { textBytesMax } = bounds;
  let refused: (StatementPart & { part: 'refused' }) | undefined;
  let bytesRead = 0;
  let line = 1;
  let firstBytes: readonly number[] = [];
  const statements = openStatements({
    textBytesMax,
    give,
    remarks: openRemarks({ ...bounds, give, refuse }),
  });
  const fields = openFields(textBytesMax, statements);
  const lines = openLines(textBytesMax, (read) => {
    line = read.line;
    if (refused === undefined) fields.line(read);
  });

  function refuse(rule: Mt940Refusal, at = line): void {
    refused ??= { part: 'refused', rule, line: at };
  }

  return {
    write(bytes) {
      bytesRead += bytes.length;
      if (firstBytes.length < 2) firstBytes = [...firstBytes, ...bytes.subarray(0, 2)];
      const [first, second] = firstBytes;
      if (bytesRead > bounds.bytesMax) refuse('tooManyBytes');
      // UTF-16 by its mark. Without one its NULs leave nothing that looks like a statement.
      else if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
        refuse('unknownEncoding');
      else lines.write(bytes);
    },
    end() {
      lines.end();
      fields.end();
      statements.finish();
      if (!statements.recognised()) refuse('notAStatement');
    },
    refused: () => refused,
  };
}
