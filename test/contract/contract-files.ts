import { readFileSync } from 'node:fs';
import type { ContractFiles } from './contract-model.ts';

const root = new URL('../../', import.meta.url);

/** Where each file of the contract lies; the recorded copy has them side by side. */
export const contractPaths: Readonly<Record<string, string>> = {
  'payments-v1.wsdl': 'wsdl/payments-v1.wsdl',
  'payments-v1.xsd': 'xsd/payments-v1.xsd',
  'types-v1.xsd': 'xsd/types-v1.xsd',
};

export const recordedFolder = new URL('test/contract/recorded/', root);

export function presentContract(): ContractFiles {
  return new Map(
    Object.entries(contractPaths).map(([name, path]) => [name, readFileSync(new URL(path, root), 'utf8')]),
  );
}

export function recordedContract(): ContractFiles {
  return new Map(
    Object.keys(contractPaths).map((name) => [name, readFileSync(new URL(name, recordedFolder), 'utf8')]),
  );
}
