/** DER, as little of it as is written by hand here: what the libraries have no words for. */

/** One element: its tag, its length, its content. */
export function derElement(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = bytesOf(BigInt(content.length));
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}

export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return derElement(0x30, ...parts);
}

export function derOctets(content: Uint8Array): Buffer {
  return derElement(0x04, content);
}

/** A whole number from 0. */
export function derInteger(value: bigint): Buffer {
  const bytes = bytesOf(value);
  // A first bit that is set would make it negative.
  return derElement(0x02, ...((bytes[0] ?? 0) > 0x7f ? [Buffer.from([0])] : []), bytes);
}

/** An element that stands here as its own bytes, in hex: an object identifier, a NULL. */
export function derLiteral(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** PEM: base64 in lines of 64 between two labels. */
export function pemOf(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}
