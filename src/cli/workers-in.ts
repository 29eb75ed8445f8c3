import { Misconfigured } from '../platform/misconfigured.ts';
import { type Environment, variable } from '../platform/references.ts';

const workersMax = 64;

/** How many processes serve, by CAGEBRIDGE_WORKERS; 1 where nothing is said. @throws Misconfigured */
export function workersIn(env: Environment): number {
  const text = variable(env, 'CAGEBRIDGE_WORKERS') ?? '1';
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= workersMax) return count;
  throw new Misconfigured([`CAGEBRIDGE_WORKERS: is no whole number from 1 to ${workersMax}`]);
}
