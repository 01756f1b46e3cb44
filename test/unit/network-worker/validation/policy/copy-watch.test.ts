import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CopyWatch } from '../../../../../src/network-worker/validation/policy/copy-watch.ts'

test('copies of what is watched are told, of nothing else, and none after the end', () => {
  const watch = new CopyWatch()
  const heard: string[] = []
  const onCopy = (from: string): void => void heard.push(from)
  watch.add('1', onCopy)
  watch.onCopy('1', 'a')
  watch.onCopy('2', 'b')
  watch.remove('1', onCopy)
  watch.onCopy('1', 'c')
  assert.deepEqual(heard, ['a'])
  assert.equal(watch.size, 0)
})

test('who ends to watch a message ends no other watch of it', () => {
  const watch = new CopyWatch()
  const heard: string[] = []
  const first = (): void => void heard.push('first')
  const second = (): void => void heard.push('second')
  watch.add('1', first)
  watch.add('1', second)
  watch.remove('1', first)
  watch.onCopy('1', 'a')
  watch.remove('1', second)
  assert.deepEqual(heard, ['second'])
  assert.equal(watch.size, 0)
})
