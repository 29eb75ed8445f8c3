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
  const { run } = await import('../src/main.ts');
  await run(process.argv.slice(2));
}
