/**
 * Records the contract that test/contract compares with: `node test/tools/record-contract.ts`. What would break a client of the
 * recorded contract is listed and not recorded; `--incompatible` records it all the same, and belongs to a new version.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { incompatibilities } from '../contract/compare-contracts.ts';
import { presentContract, recordedContract, recordedFolder } from '../contract/contract-files.ts';
import { readContract } from '../contract/contract-model.ts';

const present = presentContract();
const isFirst = !existsSync(new URL('types-v1.xsd', recordedFolder));
const findings = isFirst ? [] : incompatibilities(readContract(recordedContract()), readContract(present));
for (const finding of findings) console.error(finding);

if (findings.length > 0 && !process.argv.includes('--incompatible')) {
  console.error('not recorded: a client of the recorded contract would break');
  process.exitCode = 1;
} else {
  mkdirSync(recordedFolder, { recursive: true });
  for (const [name, text] of present) writeFileSync(new URL(name, recordedFolder), text, 'utf8');
  console.log(`recorded ${[...present.keys()].join(', ')}`);
}
