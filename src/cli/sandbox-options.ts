/** How the sandboxes are told their ports. Apart from them, so that `serve` reads it in a build that has none. */
export const sandboxOptions = {
  'bank-port': { type: 'string' },
  'psp-port': { type: 'string' },
  'control-port': { type: 'string' },
  'webhook-url': { type: 'string' },
} as const;

/** The same as a usage line writes it. */
export const sandboxUsage = '[--bank-port N] [--psp-port N] [--control-port N] [--webhook-url URL]';

export type SandboxValues = { readonly [Name in keyof typeof sandboxOptions]?: string };
