/**
 * The bearer token of a home: whoever can read the file may call the internal door, until partners have tokens of their
 * own. It is never printed and never logged.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { link, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../../platform/directory.ts';
import { Misconfigured } from '../../platform/misconfigured.ts';

const tokenBytes = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

export function tokenPath(home: string): string {
  return join(home, 'internal-token');
}

/**
 * The token of this home, made at the first start. Two bridges that start together end with the same one.
 * @throws Misconfigured where others may read the file, or where it holds no token.
 */
export async function internalToken(home: string): Promise<string> {
  const path = tokenPath(home);
  const text = (await readToken(path)) ?? (await makeToken(path));
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0)
    throw new Misconfigured([`${path}: others may read it; make it 0600 or delete it`]);
  const token = text.trim();
  if (!tokenPattern.test(token))
    throw new Misconfigured([`${path}: holds no token; delete it to have one made`]);
  return token;
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written whole under another name first: a link either takes the place or finds somebody's there. */
async function makeToken(path: string): Promise<string> {
  makeDirectory(dirname(path));
  const token = randomBytes(tokenBytes).toString('base64url');
  const fresh = `${path}.${randomUUID()}.new`;
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(`${token}\n`);
    await file.sync();
    await link(fresh, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await file.close();
    await rm(fresh, { force: true });
  }
  return readFile(path, 'utf8');
}
