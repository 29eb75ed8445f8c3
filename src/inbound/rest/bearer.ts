/** Bearer tokens (RFC 6750): how one looks, and what is kept of it. */
import { createHash } from 'node:crypto';

const charactersMin = 32;
const charactersMax = 200;
const alphabet = /^[A-Za-z0-9._~+/-]+=*$/;

/** The rule in words, for whoever wrote another token. */
export const tokenRule = `is no bearer token: ${charactersMin} to ${charactersMax} characters, letters, digits and ._~+/- (then =)`;

/** The token in the text of a file or a variable, whose line end is not part of it; undefined where it is none. */
export function readBearerToken(text: string): string | undefined {
  const token = text.trim();
  const isLong = token.length >= charactersMin && token.length <= charactersMax;
  return isLong && alphabet.test(token) ? token : undefined;
}

/** What stands for a token: SHA-256, lower-case hex. A token has too much chance in it for a digest to be guessed from. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** What stands for the token of an Authorization header. What is no token stands for nobody, and takes as long. */
export function shownDigest(authorization: string): string {
  return tokenDigest(presentedToken(authorization) ?? '');
}

/** The token of an Authorization header; undefined where it holds another scheme or what cannot be a token. */
function presentedToken(authorization: string): string | undefined {
  const [, token = ''] = /^Bearer ([^ ]+)$/i.exec(authorization) ?? [];
  return readBearerToken(token);
}
