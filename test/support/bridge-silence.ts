/** What everybody may read: log lines, standard error, the texts of faults. Nothing of it may name a person or hold a secret. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenPath } from '../../src/inbound/rest/token.ts';
import { person } from './bridge-requests.ts';

export interface Silence {
  /** A text that somebody may read. */
  heard(text: string): void;
  /** A home whose keys and token may be read by nobody. Called while the home is still there. */
  guards(home: string): void;
  /** Fails where any text holds any of it, or where nothing was heard at all. */
  check(): void;
}

export function silence(): Silence {
  const texts: string[] = [];
  const secrets = new Map<string, string>();
  return {
    heard: (text) => void texts.push(text),
    guards(home) {
      for (const [name, value] of secretsOf(home)) secrets.set(value, name);
    },
    check() {
      assert.ok(secrets.size > 0 && texts.length > 0, 'nothing was heard, or nothing was guarded');
      const whole = texts.join('\n');
      const compact = whole.replaceAll(/\s/g, '').toLowerCase();
      const told = [...secrets, ...personal].filter(
        ([value]) => whole.includes(value) || compact.includes(value.replaceAll(/\s/g, '').toLowerCase()),
      );
      assert.deepEqual(
        told.map(([, name]) => name),
        [],
        'a log line or an error holds what it must not',
      );
      assert.doesNotMatch(whole, /-----BEGIN|\bBearer (?![$%])/);
    },
  };
}

/** Each value with its name; the parts that would give it away are values of their own. */
const personal: readonly (readonly [value: string, name: string])[] = [
  ...Object.entries(person).map(([name, value]) => [value, name] as const),
  ...person.name.split(' ').map((part) => [part, 'part of the name'] as const),
  [person.iban.slice(4), 'the account in the IBAN'],
  [person.remittance.slice(-8), 'part of the remittance'],
];

/** The bearer token, and every line of every key and certificate. */
function secretsOf(home: string): [name: string, value: string][] {
  const certs = join(home, 'certs');
  const lines = readdirSync(certs)
    .filter((file) => /\.(?:key|pem)$/.test(file))
    .flatMap((file) =>
      readFileSync(join(certs, file), 'utf8')
        .split('\n')
        .filter((line) => line.length === 64)
        .map((line): [string, string] => [`a line of ${file}`, line]),
    );
  return [['the bearer token', readFileSync(tokenPath(home), 'utf8').trim()], ...lines];
}
