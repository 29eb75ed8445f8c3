import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStores } from '../../src/store/open.ts';
import { atEnd, ledgerFile, patient } from '../support/store-ledger.ts';
import { certificateActOf, denialOf, revisionOf } from './partner-contract.ts';
import { orderedId } from './statement-store-commands.ts';
import { unguardedConnection } from './unguarded.ts';

const spoiled: readonly { readonly finding: RegExp; readonly by: string }[] = [
  {
    finding: /revision of a partner has no name/,
    by: "update partner_revision set reason = '' where revision = 2",
  },
  { finding: /revision of a partner follows none/, by: 'delete from partner_revision where revision = 1' },
  { finding: /denied certificate has no name/, by: "update certificate_denial set subject = ''" },
  { finding: /act with a certificate has no name/, by: "update certificate_act set subject = ''" },
];

for (const { finding, by } of spoiled) {
  test(`I14: verify finds ${finding.source}`, async (t) => {
    const file = await ledgerFile(t);
    const { ledger, partners } = await openStores({
      url: `sqlite:${file}`,
      createIfEmpty: true,
      limits: patient,
    });
    atEnd(t, () => ledger.close());
    const first = revisionOf();
    await partners.addRevision(first);
    await partners.addRevision({ ...first, id: orderedId(), revision: 2 });
    await partners.denyCertificate(denialOf());
    await partners.recordCertificateAct(certificateActOf());
    const { violations, counts } = await ledger.verify({ findingsMax: 10 });
    assert.deepEqual(violations, []);
    assert.deepEqual([counts.partnerRevisions, counts.denials, counts.certificateActs], [2, 1, 1]);

    unguardedConnection(t, file).exec(by);
    const [found, ...more] = await ledger.violations(10);
    assert.match(found?.finding ?? '', finding);
    assert.equal(found?.invariant, 'I14');
    assert.deepEqual(more, []);
  });
}
