/** 1 January 1980 at midnight: the first moment that the format can say (APPNOTE 4.4.6). */
const first = 0x0021_0000;

/**
 * The archive with that moment for each of its files, in place, so that the same content is the same bytes whenever it is written.
 * For one without a comment and below 4 GiB (no ZIP64): what the library for workbooks makes.
 */
export function withoutTimes(zip: Buffer): Buffer {
  const end = zip.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const local = zip.readUInt32LE(at + 42);
    zip.writeUInt32LE(first, local + 10);
    zip.writeUInt32LE(first, at + 12);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return zip;
}
