/**
 * What is kept as JSON text in a column comes back exactly as it went in: an amount as `{"$bigint":"1000"}` and an
 * instant as `{"$date":"2026-11-22T10:00:00.000Z"}`. No key of ours begins with a dollar sign, so no text is mistaken
 * for either.
 */
export function encode(value: object): string {
  return JSON.stringify(value, function tagged(this: Record<string, unknown>, key, plain: unknown) {
    // JSON has turned a Date into text already when it asks here; the holder still has the Date.
    const original = this[key];
    if (typeof original === 'bigint') return { $bigint: original.toString() };
    if (original instanceof Date) return { $date: original.toISOString() };
    return plain;
  });
}

export function decode(text: string): Record<string, unknown> {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('$bigint' in value) return BigInt(value.$bigint as string);
    if ('$date' in value) return new Date(value.$date as string);
    return value;
  }) as Record<string, unknown>;
}
