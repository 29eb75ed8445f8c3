/**
 * The arrows of the house (ARCHITECTURE.md): which room may import which. A room that is not listed as a target of its
 * row may not be imported. test/tools/arrows.ts runs this and asserts how many modules were read.
 */
const rooms = [
  'inbound',
  'payments',
  'ledger',
  'reconciliation',
  'gateways',
  'store',
  'jobs',
  'pki',
  'platform',
  'sandbox',
  'cli',
];

/** What stands above the rooms: it builds things, and the command starts it. */
const top = ['^src/(app|config)\\.ts$', '^src/(app|config)/'];

const mayImport = {
  ledger: [],
  payments: ['ledger'],
  reconciliation: ['payments', 'ledger', 'platform'],
  platform: [],
  pki: ['platform'],
  sandbox: ['platform'],
  gateways: ['payments', 'reconciliation', 'ledger', 'platform'],
  store: ['payments', 'reconciliation', 'ledger', 'platform'],
  inbound: ['payments', 'reconciliation', 'ledger', 'pki', 'platform'],
  jobs: ['payments', 'reconciliation', 'ledger', 'pki', 'platform'],
  cli: rooms,
};

// The commands start the house and read its configuration; no room does.
const outside = { cli: top };

const arrows = Object.entries(mayImport).map(([room, allowed]) => ({
  name: `${room}-imports-${allowed.length === 0 ? 'no-room' : 'only-its-rooms'}`,
  severity: 'error',
  comment: `${room} may import: ${allowed.join(', ') || 'nothing'}`,
  from: { path: `^src/${room}/` },
  to: {
    path: '^src/',
    pathNot: [...[room, ...allowed].map((name) => `^src/${name}/`), ...(outside[room] ?? [])],
  },
}));

module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'only-store-imports-a-driver',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/store/' },
      to: { path: '^node_modules/(knex|better-sqlite3|mssql|tedious)/' },
    },
    {
      name: 'core-imports-no-package',
      comment: 'ledger/ and payments/ stand on the language alone (node:crypto for the fingerprint).',
      severity: 'error',
      from: { path: '^src/(ledger|payments)/' },
      to: { path: '^node_modules/' },
    },
    {
      name: 'known-rooms-only',
      severity: 'error',
      from: {},
      to: {
        path: '^src/',
        pathNot: `^src/(${rooms.join('|')})/|^src/(app|config)/|^src/(main|app|config)\\.ts$`,
      },
    },
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-circular',
      comment: 'Types count too: what a file is made of stands below it.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'no-circular-tests',
      severity: 'error',
      from: { path: '^(test|bench)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'not-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^(src|test|bench|node_modules)/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
