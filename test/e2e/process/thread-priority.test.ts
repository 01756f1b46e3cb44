import assert from 'node:assert/strict'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { threadTimes } from '../../../bench/macro/process-usage.ts'
import { V8_HELPER } from '../../../src/main/thread-priority.ts'
import { NICENESS_BEHIND } from '../../../src/shared/thread-niceness.ts'
import { niceness } from '../../support/niceness.ts'
import { StarlingProcess } from '../../support/starling-process.ts'
import { until } from '../../support/until.ts'

function threadsNamed(pid: number, name: string): readonly string[] {
  const found = threadTimes(pid).filter((thread) => thread.name === name)
  assert.notEqual(found.length, 0, `no thread ${name}`)
  return found.map(({ id }) => id)
}

const skip = process.platform === 'linux' ? false : 'threads have no priority of their own here'

test('the main thread and V8 go behind; the network thread keeps the priority of the process', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  const own = getPriority()
  const behind = Math.min(own + NICENESS_BEHIND, 19)
  for (const thread of [String(relay.pid), ...threadsNamed(relay.pid, V8_HELPER)]) {
    await until('a lower priority', () => niceness(relay.pid, thread) === behind)
  }
  assert.deepEqual(
    threadsNamed(relay.pid, 'network').map((thread) => niceness(relay.pid, thread)),
    [own],
  )
})
