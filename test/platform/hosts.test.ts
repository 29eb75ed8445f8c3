import assert from 'node:assert/strict';
import test from 'node:test';
import { isLoopback, isWildcard, readPort } from '../../src/platform/hosts.ts';

test('loopback is an address of this machine alone', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) assert.ok(isLoopback(host), host);
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.evil.example', 'localhost.example', '']) {
    assert.ok(!isLoopback(host), host);
  }
});

test('a wildcard is every address of this machine', () => {
  for (const host of ['0.0.0.0', '::', '::0', '0:0:0:0:0:0:0:0', '::0.0.0.0'])
    assert.ok(isWildcard(host), host);
  for (const host of ['127.0.0.1', '::1', 'localhost', '10.0.0.0', '']) assert.ok(!isWildcard(host), host);
});

test('a port is a number up to 65535, 0 for a free one', () => {
  assert.deepEqual(['0', '8443', '65535'].map(readPort), [0, 8443, 65535]);
  for (const text of ['', '65536', '-1', '1.5', '0x1', ' 1', '100000'])
    assert.equal(readPort(text), undefined, text);
});
