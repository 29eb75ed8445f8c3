import type { EventEmitter } from 'node:events';

/** The parts of the driver's connection that are used here and that its types do not show. */
interface Insides {
  createTokenStreamParser(...args: unknown[]): { readonly parser: EventEmitter };
  dispatchEvent(name: 'socketError', error: unknown): void;
}

/**
 * A server's answer that cannot be read ends its connection, and the request is told so. Left alone, tedious 19 lets the
 * error of its parser go unheard, which ends the whole process.
 */
export function endOnUnreadable(connection: EventEmitter): void {
  const insides = connection as EventEmitter & Insides;
  const make = insides.createTokenStreamParser.bind(connection);
  insides.createTokenStreamParser = (...args) => {
    const stream = make(...args);
    stream.parser.on('error', (error) => insides.dispatchEvent('socketError', error));
    return stream;
  };
}
