#!/usr/bin/env node
// JavaScript on purpose: an older Node cannot read the TypeScript behind this line, and should say so in a sentence.
const needed = 24;
const found = Number(process.versions.node.split('.')[0]);

if (found < needed) {
  process.stderr.write(
    `cagebridge needs Node ${needed} or newer and this is Node ${process.versions.node}: ` +
      'run it by "npm start", "npm run" or "npx cagebridge", which bring their own.\n',
  );
  process.exitCode = 1;
} else {
  // What was compiled once is read again by the next start, from beside the code it was made of; where nothing may be written
  // there, each start compiles anew.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(`${import.meta.dirname}/../node_modules/.cache/cagebridge`);
  const { run } = await import('../src/main.ts');
  await run(process.argv.slice(2));
}
