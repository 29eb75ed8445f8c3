import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLedgerUrl, type LedgerAddress } from '../../src/store/ledger-url.ts';
import { openLedger } from '../../src/store/open.ts';

const mssql = { engine: 'mssql', port: 1433, user: 'cage', database: 'ledger', encrypted: true } as const;

const read: readonly [url: string, address: LedgerAddress][] = [
  ['sqlite:ledger.db', { engine: 'sqlite', file: 'ledger.db' }],
  ['sqlite:/var/lib/a b.db', { engine: 'sqlite', file: '/var/lib/a b.db' }],
  ['mssql://cage@db.example:1433/ledger', { ...mssql, host: 'db.example' }],
  ['mssql://cage@db.example/ledger', { ...mssql, host: 'db.example' }],
  ['mssql://cage@10.0.0.7:14330/ledger', { ...mssql, host: '10.0.0.7', port: 14_330 }],
  ['mssql://cage@[2001:db8::7]/ledger', { ...mssql, host: '2001:db8::7' }],
  ['mssql://a%40b@db/led%20ger', { ...mssql, user: 'a@b', host: 'db', database: 'led ger' }],
  ['mssql://cage@db/ledger?ca=/etc/ca.pem', { ...mssql, host: 'db', caFile: '/etc/ca.pem' }],
  ['mssql://cage@localhost/ledger?encrypt=no', { ...mssql, host: 'localhost', encrypted: false }],
  ['mssql://cage@[::1]/ledger?encrypt=no', { ...mssql, host: '::1', encrypted: false }],
  ['mssql://cage@127.0.0.2/ledger?encrypt=no', { ...mssql, host: '127.0.0.2', encrypted: false }],
];

for (const [url, address] of read) {
  test(`${url} is read`, () => assert.deepEqual(readLedgerUrl(url), address));
}

const neither = 'is neither sqlite:FILE nor mssql://USER@HOST:PORT/DATABASE';
const notMssql = 'is not mssql://USER@HOST:PORT/DATABASE';
const password = 'holds a password; it is given by reference in LEDGER_PASSWORD';
const option = 'has an option other than ca=FILE and encrypt=no, or one twice';
const noValue = 'has an option without its value';

const refused: readonly [url: string, why: string][] = [
  ['', neither],
  ['sqlite:', neither],
  ['sqlite::memory:', neither],
  ['ledger.db', neither],
  ['postgres://cage@db/ledger', neither],
  ['mssql:cage@db/ledger', notMssql],
  ['mssql://', notMssql],
  ['mssql://db/ledger', notMssql],
  ['mssql://cage@db', notMssql],
  ['mssql://cage@db/', notMssql],
  ['mssql://cage@db/ledger/more', notMssql],
  ['mssql://cage@db/led%2Fger', notMssql],
  ['mssql://cage@db/%ZZ', notMssql],
  ['mssql://cage@db:0/ledger', notMssql],
  ['mssql://cage@db:65536/ledger', notMssql],
  ['mssql://cage@db/ledger#more', notMssql],
  ['mssql://cage:secret@db/ledger', password],
  ['mssql://cage:@db/ledger', password],
  ['mssql://cage@db/ledger?trustServerCertificate=true', option],
  ['mssql://cage@db/ledger?ca=a.pem&ca=b.pem', option],
  ['mssql://cage@db/ledger?ca=', noValue],
  ['mssql://cage@localhost/ledger?encrypt=yes', noValue],
  ['mssql://cage@db/ledger?encrypt=no', 'switches encryption off, which is for loopback only'],
];

for (const [url, why] of refused) {
  test(`refused in one sentence without the URL: ${url}`, async () => {
    await assert.rejects(openLedger({ url, password: 'x', createIfEmpty: true }), (error: Error) => {
      assert.equal(error.message, `LEDGER_URL: ${why}`);
      return true;
    });
  });
}

test('SQL Server without a password is refused before anybody is called', async () => {
  const url = 'mssql://cage@db.invalid/ledger';
  const message = 'LEDGER_PASSWORD: is not set; write env:NAME or file:PATH';
  await assert.rejects(openLedger({ url }), { name: 'Misconfigured', message });
});

test('an authority that cannot be read is refused by its place', async () => {
  const url = 'mssql://cage@db.invalid/ledger?ca=/not/there.pem';
  await assert.rejects(openLedger({ url, password: 'x' }), {
    name: 'Misconfigured',
    message: 'LEDGER_URL: the file of ca=FILE cannot be read (ENOENT)',
  });
});
