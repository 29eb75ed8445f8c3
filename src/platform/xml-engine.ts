import { xmlCleanupInputProvider, XmlError, XmlLibError } from 'libxml2-wasm';

/**
 * The XML engine is libxml2 compiled to WebAssembly, one instance for the process. After a trap or a failed allocation
 * its memory cannot be trusted, and a module instance cannot be replaced in a running process. So the failure is remembered: from
 * then on every reading is refused as `engineFailed`, and whoever listens here makes the process end and start anew.
 */
let failure: Error | undefined;
const listeners = new Set<(failure: Error) => void>();

// libxml2 starts with readers for files and addresses. Without them it opens nothing, whatever a document names.
xmlCleanupInputProvider();

/** Thrown where a caller needs an answer that a failed engine cannot give. */
export class XmlEngineFailed extends Error {
  constructor(cause: Error) {
    super('the XML engine failed and must be started anew', { cause });
    this.name = 'XmlEngineFailed';
  }
}

export function xmlEngineFailure(): Error | undefined {
  return failure;
}

/** Calls `listener` once, when the engine fails. Returns the function that takes the listener away again. */
export function onXmlEngineFailure(listener: (failure: Error) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Runs one call into the engine: its ordinary complaint is returned as a value, anything else is its failure, and thrown. */
export function inEngine<T>(call: () => T): { readonly value: T } | { readonly complaint: XmlError } {
  if (failure !== undefined) throw new XmlEngineFailed(failure);
  try {
    return { value: call() };
  } catch (error) {
    if (error instanceof XmlError && !isOutOfMemory(error)) return { complaint: error };
    throw failed(error instanceof Error ? error : new Error('not an error'));
  }
}

function failed(error: Error): XmlEngineFailed {
  // The engine's own words may quote the document, so only the kind of the failure is kept.
  failure = new Error(`${error.name} in the XML engine`);
  for (const listener of listeners) listener(failure);
  listeners.clear();
  return new XmlEngineFailed(failure);
}

/** An allocation that failed is reported as a message without a place in the document, or as no message at all. */
function isOutOfMemory(error: XmlError): boolean {
  if (!(error instanceof XmlLibError)) return /allocate memory|internal error/.test(error.message);
  return error.details.some(({ message }) => /^(?:out of memory|memory allocation failed)/i.test(message));
}
