import { trimmedEnd } from '../trimmed-end.ts';
/** One element of a camt message, as far as it is read: its local name, its text, and the children that have a meaning here. */
export interface Element {
  readonly name: string;
  readonly line: number;
  readonly currency: string | undefined;
  readonly children: Element[];
  /** Empty where elements stand in it, known ones or not: what is between them is layout. */
  text: string;
  hasElements: boolean;
  /** Whether a comment, a processing instruction or a CDATA section stands in it. */
  isInterrupted: boolean;
}

export function all(parent: Element | undefined, name: string): Element[] {
  return parent === undefined ? [] : parent.children.filter((child) => child.name === name);
}

/** The first element at the path. */
export function at(parent: Element | undefined, ...path: readonly string[]): Element | undefined {
  let found = parent;
  for (const name of path) found = found?.children.find((child) => child.name === name);
  return found;
}

/** The text at the path without the white space around it; an empty one is none. */
export function textAt(parent: Element | undefined, ...path: readonly string[]): string | undefined {
  return textOf(at(parent, ...path));
}

export function textOf(element: Element | undefined): string | undefined {
  return element === undefined ? undefined : trimmed(element.text) || undefined;
}

/** Text for people: line breaks and tabs, which come from how the file is laid out, become one space. */
export function proseOf(element: Element | undefined): string | undefined {
  return textOf(element)?.replace(/ *[\r\n\t][\r\n\t ]*/g, ' ');
}

/** The white space of XML; a no-break space belongs to the text. */
function trimmed(text: string): string {
  return trimmedEnd(text.replace(/^[ \t\r\n]+/, ''), ' \t\r\n');
}

/** The same members without those that are undefined, so that what was not said is not there. */
export function said<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): T {
  const found: Partial<T> = {};
  for (const name of Object.keys(members) as (keyof T)[]) {
    const value = members[name];
    if (value !== undefined) found[name] = value;
  }
  return found as T;
}

/** Members, or nothing where none of them was said. */
export function saidAny<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }):
  T | undefined {
  const found = said<T>(members);
  return Object.keys(found).length === 0 ? undefined : found;
}
