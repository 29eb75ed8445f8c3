/** The Elastic Common Schema, version 8.10.0 (github.com/elastic/ecs, generated/csv/fields.csv): the fields that our lines use, with their types. */
const ecsFields: Readonly<Record<string, 'date' | 'keyword' | 'long' | 'text'>> = {
  '@timestamp': 'date',
  'ecs.version': 'keyword',
  'error.code': 'keyword',
  // wildcard, which is a keyword for long values
  'error.stack_trace': 'keyword',
  'error.type': 'keyword',
  'event.action': 'keyword',
  'event.dataset': 'keyword',
  'event.duration': 'long',
  'http.request.id': 'keyword',
  'http.response.status_code': 'long',
  'log.level': 'keyword',
  // match_only_text
  message: 'text',
  'process.pid': 'long',
  'server.port': 'long',
  'service.name': 'keyword',
  'span.id': 'keyword',
  'tls.client.hash.sha256': 'keyword',
  'tls.client.x509.serial_number': 'keyword',
  'trace.id': 'keyword',
};

/** The labels field set holds what a service adds: flat names, scalar values, stored as keywords. */
const label = /^labels\.[a-z][a-z0-9_]*$/;

export const isEcsName = (name: string): boolean => Object.hasOwn(ecsFields, name) || label.test(name);

/** Why a line is not ECS, field by field; empty where it is. */
export function ecsFaults(line: Readonly<Record<string, unknown>>): string[] {
  const faults = Object.entries(line).flatMap(([name, value]) => {
    if (label.test(name)) return ['string', 'number', 'boolean'].includes(typeof value) ? [] : [name];
    const type = ecsFields[name];
    if (type === undefined) return [`${name} is no field`];
    return isOfType(type, value) ? [] : [`${name} is no ${type}`];
  });
  const missing = ['@timestamp', 'ecs.version', 'message', 'log.level'].filter((name) => !(name in line));
  return [...faults, ...missing.map((name) => `${name} is missing`)];
}

function isOfType(type: 'date' | 'keyword' | 'long' | 'text', value: unknown): boolean {
  if (type === 'long') return Number.isSafeInteger(value);
  if (typeof value !== 'string') return false;
  return type !== 'date' || /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
}
