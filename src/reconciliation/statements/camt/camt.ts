import type { ReadBounds, StatementPart, StatementReader } from '../statement.ts';
import { openDecoding } from './encoding.ts';
import type { EncodingRefusal } from './encoding.ts';
import { openMessage } from './message.ts';
import type { MessageRefusal } from './message.ts';
import { openRemarks } from './remarks.ts';
import { openXml } from './xml-stream.ts';
import type { XmlRefusal } from './xml-stream.ts';

/** Why a whole file was refused. docs/statements-camt.md says each in a sentence. */
type CamtRefusal = 'tooManyBytes' | 'tooManyBadRows' | EncodingRefusal | XmlRefusal | MessageRefusal;

/** Bytes that are parsed before their parts are handed on. */
const pieceBytes = 64 * 1024;

/**
 * Reads camt.052, camt.053 and camt.054 of every version, known by their elements' local names. The file streams: what is
 * kept is one entry and what a piece of 64 KiB tells. Refused whole: what is not such a message, not well-formed up to
 * its very end, in an encoding that we do not read, with a DOCTYPE, or past a bound.
 */
export const readCamt: StatementReader = async function* readCamt(bytes, bounds) {
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
  let refused: (StatementPart & { part: 'refused' }) | undefined;
  let bytesRead = 0;
  const decoding = openDecoding();
  const message = openMessage({ bounds, give, refuse, remarks: openRemarks({ ...bounds, give, refuse }) });
  const xml = openXml({ bounds, events: message, agrees: (declared) => decoding.agrees(declared), refuse });

  function refuse(rule: CamtRefusal): void {
    refused ??= { part: 'refused', rule, line: xml.line() };
  }

  function parse(text: string | undefined): void {
    if (text === undefined) refuse(decoding.refusal() ?? 'unknownEncoding');
    else if (text !== '') xml.write(text);
  }

  return {
    write(bytes) {
      bytesRead += bytes.length;
      if (bytesRead > bounds.bytesMax) refuse('tooManyBytes');
      else parse(decoding.write(bytes));
    },
    end() {
      parse(decoding.end());
      if (refused === undefined) xml.end();
      if (refused === undefined) message.finish();
    },
    refused: () => refused,
  };
}
