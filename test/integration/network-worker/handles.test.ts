import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startRelay } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

/** What keeps this process alive, sorted; the tests' own poll timer comes and goes. */
function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => kind !== 'Timeout')
    .toSorted()
}

test('after stop nothing of the node keeps the process alive', async () => {
  const before = handles()
  {
    await using relay = await startRelay()
    assert.notDeepEqual(handles(), before)
    assert.equal((await relay.control.getHealth()).listening, true)
  }
  await until(`handles to be ${before}`, () => handles().join() === before.join())
})
