import { cp, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { developmentCertificates } from '../../src/pki/development.ts';
import { systemClock } from '../../src/platform/clock.ts';

/** Made once for all test files: keys take their time, and hardly a test is about them. */
const kept = 'node_modules/.cache/cagebridge/certificates';

/** A home for a bridge under development, with its certificates in it; whoever asked removes it. */
export async function developmentHome(prefix: string): Promise<string> {
  await developmentCertificates(kept, { clock: systemClock });
  const home = await mkdtemp(join(tmpdir(), prefix));
  const certificates = join(home, 'certs');
  await mkdir(certificates, { mode: 0o700 });
  await cp(kept, certificates, { recursive: true, filter: (from) => basename(from) !== '.lock' });
  return home;
}
