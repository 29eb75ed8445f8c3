import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  readonly json: unknown;
}

export interface HttpCall {
  readonly method?: string;
  readonly path: string;
  /** Pairs, so that a header can be sent twice. */
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Buffer;
}

/** One request over a connection of its own, sent as it is written here. */
export async function call(
  port: number,
  { method = 'GET', path, headers = [], body }: HttpCall,
): Promise<HttpReply> {
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host');
  const pairs = [...(hasHost ? [] : [['Host', `127.0.0.1:${port}`] as const]), ...headers];
  const length = body === undefined ? [] : ['Content-Length', String(Buffer.byteLength(body))];
  const sent = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: [...pairs.flat(), ...length],
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  const isJson = /json/.test(response.headers['content-type'] ?? '');
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? JSON.parse(text) : undefined,
  };
}
