import type { ReadBounds, StatementPart, StatementReader } from '../statement.ts';
import type { CsvProfile } from './profile.ts';
import { openRecords } from './records.ts';
import type { CsvRefusal } from './remarks.ts';
import { openRows } from './rows.ts';
import { openText } from './text.ts';

/** Bytes that are read before their parts are handed on. */
const pieceBytes = 64 * 1024;

/** A record may have so many texts of the longest kind; beyond that it is a quote that nobody closed. */
const longTextsOfARecord = 4;

/** No report that we know has a tenth of it. */
const columnsMax = 1000;

/**
 * A reader of CSV as the profile maps it. The file streams: what is kept is one record and what some pieces of 64 KiB tell.
 * Refused whole: what is not text in the profile's encoding, has not the profile's header, ends within quotes, or is past
 * a bound. A profile is trusted: its schema was asked before.
 */
export function readCsv(profile: CsvProfile): StatementReader {
  return async function* readProfile(bytes, bounds) {
    const told: StatementPart[] = [];
    const reading = openReading(profile, bounds, (part) => told.push(part));
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
}

type Refused = StatementPart & { part: 'refused' };

interface Reading {
  write(bytes: Uint8Array): void;
  end(): void;
  refused(): Refused | undefined;
}

function openReading(profile: CsvProfile, bounds: ReadBounds, give: (part: StatementPart) => void): Reading {
  let refused: Refused | undefined;
  let bytesRead = 0;
  const text = openText(profile.file.encoding);
  const rows = openRows({ profile, bounds, give, refuse });
  const records = openRecords({
    ...profile.file,
    recordMax: longTextsOfARecord * bounds.textBytesMax,
    columnsMax,
    give: (record) => rows.take(record),
    refuse: (rule) => refuse(rule, records.line()),
    goesOn: () => refused === undefined,
  });

  function refuse(rule: CsvRefusal, line: number, field?: string): void {
    refused ??= { part: 'refused', rule, line, ...(field !== undefined && { field }) };
  }

  function parse(piece: string | undefined): void {
    if (piece === undefined) refuse('notInItsEncoding', records.line());
    else records.write(piece);
  }

  return {
    write(bytes) {
      bytesRead += bytes.length;
      if (bytesRead > bounds.bytesMax) refuse('tooManyBytes', records.line());
      else parse(text.write(bytes));
    },
    end() {
      parse(text.end());
      if (refused === undefined) records.end();
      if (refused === undefined) rows.end();
    },
    refused: () => refused,
  };
}
