/** Writes the golden files of the T-SQL anew: `node test/store/record-t-sql.ts`. Read the difference before you keep it. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tSqlTexts } from './t-sql.ts';

const golden = new URL('golden/', import.meta.url);
rmSync(golden, { recursive: true, force: true });
mkdirSync(golden);
for (const [name, text] of await tSqlTexts()) writeFileSync(new URL(`${name}.sql`, golden), text);
