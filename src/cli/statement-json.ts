/** Whom a booking is with, and what somebody wrote to it: only `recon original` gives these. */
const leftOut: ReadonlySet<string> = new Set(['counterparty', 'remittance', 'information', 'text', 'words']);

/**
 * What is known of statements and bookings, for machines: minor units as text, because a JSON number is not exact; and as at the
 * internal door, no counterparty and no free text.
 */
export function statementJson(item: unknown): string {
  return JSON.stringify(item, (name, value: unknown) => {
    if (leftOut.has(name)) return undefined;
    // References under names of a bank's own may be anything; an account's identification is a text.
    if (name === 'other' && typeof value === 'object') return undefined;
    return typeof value === 'bigint' ? value.toString() : value;
  });
}
