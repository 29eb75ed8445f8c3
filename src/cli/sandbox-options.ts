/** How the sandbox is told its ports. Apart from the sandbox, so that `serve` reads it in a build that has none. */
export const sandboxOptions = {
  'bank-port': { type: 'string' },
  'control-port': { type: 'string' },
} as const;

export type SandboxValues = { readonly [Name in keyof typeof sandboxOptions]?: string };
