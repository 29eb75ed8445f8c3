import { type Environment, variable } from '../platform/references.ts';

/** Set by `npm start`, `npm run demo` and `npm run sandbox` alone: development certificates and sandboxes, only on loopback. */
export function isDevelopment(env: Environment): boolean {
  return env['CAGEBRIDGE_DEV'] === '1';
}

/** Where `npm run sandbox` puts the bank and the PSP, unless the environment says otherwise; the path may be left out. */
const sandboxes = [
  { name: 'CAGEBRIDGE_BANK_URL', url: 'https://127.0.0.1:8453', path: '/bank/v1' },
  { name: 'CAGEBRIDGE_PSP_URL', url: 'https://127.0.0.1:8454', path: '/psp/v1' },
] as const;

/** The environment with the addresses of the sandboxes, which is what config/development.json refers to. */
export function withSandboxes(env: Environment): Environment {
  const addresses = sandboxes.map(({ name, url, path }) => {
    const given = variable(env, name) ?? url;
    const isBare = URL.canParse(given) && new URL(given).pathname === '/';
    return [name, isBare ? new URL(path, given).href : given];
  });
  return { ...env, ...Object.fromEntries(addresses) };
}
