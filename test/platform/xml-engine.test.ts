import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compileSchema,
  messageLimits,
  onXmlEngineFailure,
  readXml,
  XmlEngineFailed,
  xmlEngineFailure,
} from '../../src/platform/xml.ts';

// In a file of its own, because after it the engine of this process is dead, as it should be.
test('a trap in the engine is reported once, and nothing is read with that engine again', () => {
  const xsd =
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="a" type="xs:int"/></xs:schema>';
  const schema = compileSchema(new Map([['a.xsd', Buffer.from(xsd)]]), 'a.xsd');
  const failures: Error[] = [];
  onXmlEngineFailure((failure) => failures.push(failure));
  onXmlEngineFailure(() => assert.fail('was taken away'))();
  const reading = readXml(Buffer.from('<a>1</a>'), messageLimits);
  assert.ok('root' in reading);
  // A node that points outside the engine's memory: what a defect inside it would look like from here.
  Object.assign(reading.root, { _nodePtr: 0x7ff0_0000 });
  assert.equal(xmlEngineFailure(), undefined);
  assert.throws(() => schema.validate(reading.root), XmlEngineFailed);
  assert.equal(failures.length, 1);
  assert.equal(xmlEngineFailure(), failures[0]);
  assert.match(failures[0]!.message, /^RuntimeError in the XML engine$/);
  assert.deepEqual(readXml(Buffer.from('<a>1</a>'), messageLimits), { refused: 'engineFailed' });
  assert.throws(() => schema.validate(reading.root), XmlEngineFailed);
  assert.equal(failures.length, 1);
});
