import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { test } from 'node:test'
import { threadTimes } from '../../../bench/macro/process-usage.ts'
import { NICENESS_BEHIND, V8_HELPER } from '../../../src/main/thread-priority.ts'
import { StarlingProcess } from '../../support/starling-process.ts'
import { until } from '../../support/until.ts'

/** Position of `nice` in /proc/<pid>/task/<tid>/stat, counted after the command's closing bracket (proc(5)). */
const NICE_FIELD = 16

function niceness(pid: number, thread: string): number {
  const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[NICE_FIELD])
}

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
