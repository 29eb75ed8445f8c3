/** When a change of files counts, what is told of it, and how often. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificateKeeper, type KeptPart } from '../../src/pki/certificate-keeper.ts';
import type { PartFiles } from '../../src/pki/certificate-set.ts';
import { Misconfigured } from '../../src/platform/misconfigured.ts';

const filesOf = (word: string): PartFiles => ({ authorities: [word] });
const wordOf = ({ authorities: [word = ''] = [] }: PartFiles): string => word;

/** A part whose files are words: `bad...` is refused, `tls...` by OpenSSL, `gone` cannot be read. */
function kept(first = 'one') {
  let content = first;
  let now = new Date('2026-11-23T10:00:00Z');
  let ended: string | undefined;
  const applied: string[] = [];
  const told: string[] = [];
  const part: KeptPart = {
    name: 'doors.soap',
    served: filesOf(first),
    read() {
      if (content === 'bug') throw new TypeError('a bug');
      if (content === 'gone')
        throw new Misconfigured(['/doors/soap/key: the file x cannot be read (ENOENT)']);
      return filesOf(content);
    },
    refusal: (files) => {
      const word = wordOf(files);
      return word.startsWith('bad') || word === ended ? { reason: `${word}Word` } : undefined;
    },
    apply(files) {
      if (wordOf(files).startsWith('tls')) throw Object.assign(new Error('no'), { code: 'ERR_X' });
      applied.push(wordOf(files));
      return undefined;
    },
  };
  const keeper = certificateKeeper(
    [part],
    { now: () => now },
    {
      loaded: (name, files, cause) => told.push(`loaded ${name} ${wordOf(files)} ${JSON.stringify(cause)}`),
      refused: (name, { reason, detail = '' }) => told.push(`refused ${name} ${reason} ${detail}`.trim()),
      recovered: (name) => told.push(`recovered ${name}`),
      failed: (name, error) => told.push(`failed ${name} ${String(error)}`),
    },
  );
  return {
    keeper,
    applied,
    told,
    write: (word: string) => {
      content = word;
    },
    end: (word: string) => {
      ended = word;
    },
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    look: () =>
      keeper
        .look()
        .map(({ result, reason }) => [result, ...(reason === undefined ? [] : [reason])].join(' ')),
    reload: () =>
      keeper
        .reload({ operator: 'ada' })
        .map(({ result, reason }) => [result, ...(reason === undefined ? [] : [reason])].join(' ')),
  };
}

describe('the watch', () => {
  test('takes a change when two looks in a row agree, and not before', () => {
    const { look, write, applied, told } = kept();
    assert.deepEqual(look(), ['unchanged']);
    write('two');
    assert.deepEqual(look(), ['waiting']);
    assert.deepEqual(applied, []);
    assert.deepEqual(look(), ['loaded']);
    assert.deepEqual(look(), ['unchanged']);
    assert.deepEqual(applied, ['two']);
    assert.deepEqual(told, ['loaded doors.soap two "watch"']);
  });

  test('waits as long as the files go on changing', () => {
    const { look, write, applied } = kept();
    for (const word of ['two', 'three', 'four']) {
      write(word);
      assert.deepEqual(look(), ['waiting']);
    }
    assert.deepEqual(look(), ['loaded']);
    assert.deepEqual(applied, ['four']);
  });

  test('half a rotation is no alarm: bad for one look, good in the next two', () => {
    const { look, write, told } = kept();
    write('bad');
    assert.deepEqual(look(), ['waiting']);
    write('two');
    assert.deepEqual([look(), look()], [['waiting'], ['loaded']]);
    assert.deepEqual(told, ['loaded doors.soap two "watch"']);
  });

  test('a bad set is told once and changes nothing; another bad one is told again; the good old one recovers', () => {
    const { look, write, applied, told, keeper } = kept();
    write('bad');
    assert.deepEqual([look(), look(), look()], [['waiting'], ['refused badWord'], ['unchanged']]);
    assert.deepEqual(
      keeper.refused().map(({ part, reason }) => `${part} ${reason}`),
      ['doors.soap badWord'],
    );
    write('bad2');
    assert.deepEqual([look(), look(), look()], [['waiting'], ['refused bad2Word'], ['unchanged']]);
    write('one');
    assert.deepEqual([look(), look()], [['waiting'], ['unchanged']]);
    assert.deepEqual(keeper.refused(), []);
    assert.deepEqual(applied, []);
    assert.deepEqual(told, [
      'refused doors.soap badWord',
      'refused doors.soap bad2Word',
      'recovered doors.soap',
    ]);
  });

  test('a file that is gone is a bad set like another; what OpenSSL refuses, too', () => {
    const { look, write, told } = kept();
    write('gone');
    assert.deepEqual([look(), look()], [['waiting'], ['refused fileUnreadable']]);
    write('tls');
    assert.deepEqual([look(), look()], [['waiting'], ['refused refusedByTls']]);
    assert.deepEqual(told, [
      'refused doors.soap fileUnreadable /doors/soap/key: the file x cannot be read (ENOENT)',
      'refused doors.soap refusedByTls ERR_X',
    ]);
  });
});

describe('asked for', () => {
  test('a reload decides at once, by whoever asked', () => {
    const { reload, write, told } = kept();
    assert.deepEqual(reload(), ['unchanged']);
    write('two');
    assert.deepEqual(reload(), ['loaded']);
    write('bad');
    assert.deepEqual([reload(), reload()], [['refused badWord'], ['refused badWord']]);
    write('two');
    assert.deepEqual(reload(), ['unchanged']);
    assert.deepEqual(told, [
      'loaded doors.soap two {"operator":"ada"}',
      'refused doors.soap badWord',
      'recovered doors.soap',
    ]);
  });
});

describe('without a change', () => {
  test('what is served may end: it is refused as it is, and goes on', () => {
    const { keeper, end, told, applied, look } = kept();
    end('one');
    assert.deepEqual(look(), ['unchanged']);
    assert.deepEqual(
      keeper.recheck().map(({ result }) => result),
      ['refused'],
    );
    assert.deepEqual(
      keeper.recheck().map(({ result }) => result),
      ['refused'],
    );
    assert.deepEqual(told, ['refused doors.soap oneWord']);
    assert.deepEqual(applied, []);
  });

  test('what was refused may begin: it is taken', () => {
    const { keeper, look, write, end, applied } = kept();
    end('two');
    write('two');
    look();
    assert.deepEqual(look(), ['refused twoWord']);
    const [{ since } = {}] = keeper.refused();
    assert.equal(since?.toISOString(), '2026-11-23T10:00:00.000Z');
    end('none');
    assert.deepEqual(
      keeper.recheck().map(({ result }) => result),
      ['loaded'],
    );
    assert.deepEqual(applied, ['two']);
    assert.deepEqual(keeper.served(), [{ part: 'doors.soap', files: { authorities: ['two'] } }]);
  });

  test('a change that nobody has looked at twice is not decided on by the way', () => {
    const { keeper, write, told } = kept();
    write('bad');
    assert.deepEqual(
      keeper.recheck().map(({ result }) => result),
      ['waiting'],
    );
    assert.deepEqual(told, []);
  });
});

test('a bug in one part is told once, keeps no other part from being looked at, and is over when it is over', () => {
  const { look, write, told, keeper, applied } = kept();
  write('bug');
  assert.deepEqual([look(), look()], [['refused failed'], ['refused failed']]);
  assert.deepEqual(
    keeper.refused().map(({ reason, detail }) => [reason, detail]),
    [['failed', undefined]],
  );
  write('two');
  assert.deepEqual([look(), look()], [['waiting'], ['loaded']]);
  assert.deepEqual(keeper.refused(), []);
  assert.deepEqual(applied, ['two']);
  write('bug');
  look();
  write('two');
  assert.deepEqual(look(), ['unchanged']);
  assert.deepEqual(told, [
    'failed doors.soap TypeError: a bug',
    'refused doors.soap failed',
    'loaded doors.soap two "watch"',
    'failed doors.soap TypeError: a bug',
    'refused doors.soap failed',
    'recovered doors.soap',
  ]);
});

test('the parts behind a part that fails are looked at', () => {
  const files = filesOf('new');
  const failing: KeptPart = {
    name: 'first',
    served: {},
    read: () => assert.fail('a bug'),
    refusal: () => undefined,
    apply: () => undefined,
  };
  const sound: KeptPart = { ...failing, name: 'second', read: () => files };
  const told = { loaded() {}, refused() {}, recovered() {}, failed() {} };
  const looked = certificateKeeper([failing, sound], { now: () => new Date() }, told).reload('signal');
  assert.deepEqual(
    looked.map(({ part, result }) => [part, result]),
    [
      ['first', 'refused'],
      ['second', 'loaded'],
    ],
  );
});
