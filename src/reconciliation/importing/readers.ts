import type { CsvProfile } from '../statements/csv/profile.ts';
import { shippedProfiles } from '../statements/csv/profiles/shipped.ts';
import { readStatement } from '../statements/read-statement.ts';
import type { ImportingWorld } from './world.ts';

/** The profiles that files may be of: those of the configuration, then the shipped ones whose names it does not use. */
export function profilesWith(configured: readonly CsvProfile[]): readonly CsvProfile[] {
  const names = new Set(configured.map(({ name }) => name));
  return [...configured, ...shippedProfiles.filter(({ name }) => !names.has(name))];
}

/** The reader for a file: of one CSV profile where it is named, else by what the file looks like. */
export function readersOf(configured: readonly CsvProfile[]): ImportingWorld['readerOf'] {
  const csvProfiles = profilesWith(configured);
  return (wanted) => {
    if (wanted === undefined) return (bytes, bounds) => readStatement(bytes, { csvProfiles }, bounds);
    const csvProfile = csvProfiles.find(({ name }) => name === wanted);
    return csvProfile && ((bytes, bounds) => readStatement(bytes, { csvProfile }, bounds));
  };
}
