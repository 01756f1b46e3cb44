import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { configDoc } from '../../../src/config/config-doc.ts'
import { SETTING_GROUPS } from '../../../src/config/setting-meta.ts'
import { SETTINGS } from '../../../src/config/setting-names.ts'
import { usageText } from '../../../src/config/usage.ts'
import { load, scratchDirectory } from './load-with.ts'

const PAGE = new URL('../../../docs/operators/config.md', import.meta.url)

test('the operators’ page is what the schema says', () => {
  assert.equal(
    readFileSync(PAGE, 'utf8'),
    configDoc(),
    'write the page anew: it is the answer of configDoc() in src/config/config-doc.ts',
  )
})

test('the example file of the page loads', () => {
  using scratch = scratchDirectory()
  const example = /```yaml\n([^`]+)```/.exec(configDoc())?.[1] ?? ''
  const token = scratch.write('api-token', 'a-token-of-more-than-16-characters')
  const file = scratch.write('example.yaml', example.replace('/etc/starling/api-token', token))
  const config = load(['--config', file])
  assert.equal(config.network.name, 'hoodi')
  assert.deepEqual(config.topics, ['beacon_block', 'beacon_aggregate_and_proof'])
})

test('the usage text has every flag once, in its group, and fits 100 columns', () => {
  const text = usageText()
  for (const { flag, meta } of SETTINGS) {
    const lines = text.split('\n').filter((line) => new RegExp(`^ {2}(-h, )?--(\\[no-\\])?${flag}( |$)`).test(line))
    assert.equal(lines.length, 1, flag)
    assert.ok(SETTING_GROUPS.includes(meta.group))
  }
  for (const group of SETTING_GROUPS) assert.ok(text.includes(`\n${group}:\n`), group)
  for (const line of text.split('\n')) assert.ok(line.length <= 100, line)
  assert.match(text, /--network-load N .*\n *\(default: 5\)\n/)
})

test('every setting has a description that ends as a sentence', () => {
  for (const { name, meta } of SETTINGS) assert.match(meta.description, /\.$/, name)
})
