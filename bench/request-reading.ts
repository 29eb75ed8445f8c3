import { readFile } from 'node:fs/promises';
import { soapCodec } from '../src/inbound/soap/codec.ts';
import { readSoapMediaType } from '../src/platform/soap-media.ts';
import { messageLimits, readXml } from '../src/platform/xml.ts';
import type { Pair } from './pair.ts';

const documents = 2_000;

/** What the envelope, the schema and the values cost on top of parsing a request. */
export async function requestReading(): Promise<Pair> {
  const bytes = await readFile(
    new URL('../test/inbound/soap/golden/deposit-1.1.request.xml', import.meta.url),
  );
  const media = readSoapMediaType('text/xml; charset=utf-8');
  if (typeof media === 'string' || media === undefined) throw new Error('the media type of SOAP 1.1');
  const codec = soapCodec(() => {});
  return {
    name: `${documents} Deposit requests`,
    one: {
      name: 'scanned and parsed',
      run: () =>
        repeat(() => {
          const reading = readXml(bytes, messageLimits);
          if (!('refused' in reading)) reading[Symbol.dispose]();
        }),
    },
    other: { name: 'read whole', run: () => repeat(() => codec.readMessage(bytes, { media })) },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function repeat(work: () => unknown): Promise<void> {
  for (let count = 0; count < documents; count += 1) work();
  return Promise.resolve();
}
