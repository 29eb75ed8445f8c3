/** The same members without those that are undefined, so that what was not said is not there. */
export function said<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** Members, or nothing where none of them was said. */
export function saidAny<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }):
  T | undefined {
  const found = said<T>(members);
  return Object.keys(found).length === 0 ? undefined : found;
}
