import { TextDecoder } from 'node:util';
import type { CsvFile } from './profile.ts';

export interface TextDecoding {
  /** The text of these bytes; undefined where they are no text in the encoding. */
  write(bytes: Uint8Array): string | undefined;
  end(): string | undefined;
}

/** Bytes as the text of the profile's encoding. What is malformed is refused and never replaced; a byte order mark is passed over. */
export function openText(encoding: CsvFile['encoding']): TextDecoding {
  const decoder = new TextDecoder(encoding, { fatal: true });

  function decode(bytes: Uint8Array, stream: boolean): string | undefined {
    try {
      return decoder.decode(bytes, { stream });
    } catch {
      return undefined;
    }
  }

  return { write: (bytes) => decode(bytes, true), end: () => decode(new Uint8Array(0), false) };
}
