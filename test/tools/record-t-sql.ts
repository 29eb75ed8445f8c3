/** Writes the golden files of the T-SQL anew: `node test/tools/record-t-sql.ts`. Read the difference before you keep it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tSqlTexts } from '../store/t-sql.ts';

const golden = new URL('../store/golden/', import.meta.url);
rmSync(golden, { recursive: true, force: true });
mkdirSync(golden);
for (const [name, text] of await tSqlTexts()) writeFileSync(new URL(`${name}.sql`, golden), text);
