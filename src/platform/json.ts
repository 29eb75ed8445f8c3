import { Misconfigured } from './misconfigured.ts';
import { readTextFile } from './text-file.ts';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Lays one document over another: objects are joined member by member, anything else is replaced. */
export function overlay(below: JsonObject, above: JsonObject): JsonObject {
  // fromEntries defines members, so that one called __proto__ is a member like any other.
  const joined = Object.entries(above).map(([name, value]) => {
    const under = Object.hasOwn(below, name) ? below[name] : undefined;
    return [name, isJsonObject(under) && isJsonObject(value) ? overlay(under, value) : value] as const;
  });
  return Object.fromEntries([...Object.entries(below), ...joined]);
}

/** Freezes a tree of plain objects and arrays, so that what was checked once stays what it was. */
export function deepFreeze<T>(tree: T): T {
  if (typeof tree !== 'object' || tree === null || Object.isFrozen(tree)) return tree;
  Object.values(tree).forEach((branch: unknown) => deepFreeze(branch));
  return Object.freeze(tree);
}

/**
 * Reads a file that holds one JSON object; `called` is its name in an error.
 * @throws Misconfigured where it cannot be read, or holds anything else. The text is never repeated.
 */
export function readJsonFile(path: string | URL, called: string): JsonObject {
  const text = readTextFile(path, `${called}: the file`);
  try {
    const document: unknown = JSON.parse(text);
    if (isJsonObject(document)) return document;
  } catch {
    // The parser's message quotes the text.
  }
  throw new Misconfigured([`${called}: the file is no JSON object`]);
}
