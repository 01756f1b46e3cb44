import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { AccessDocument } from '../../../src/api/operator.ts'
import { MAX_BANNED_AGENTS, MAX_BANNED_PEERS, MAX_BANNED_RANGES } from '../../../src/shared/limits.ts'
import { parseMetrics, seriesValue } from '../../support/metrics-text.ts'
import { StarlingProcess } from '../../support/starling-process.ts'
import { numberedKeyId } from '../../unit/config/base58-text.ts'

/** A tenth of a second is what an import of this size takes on an idle machine; a busy one gets fifteen times that. */
const MAX_WAIT_MS = 1_500
const MAX_IMPORT_MS = 4_000
/** What the relay itself may take of the processors, when waiting for them is allowed for. */
const MAX_CPU_MS = MAX_WAIT_MS
/** A machine that is busy with something else is so for a while; an import that takes long does so each time. */
const MAX_IMPORTS = 6

const EMPTY: AccessDocument = {
  version: 1,
  banned_peers: [],
  banned_ip_ranges: [],
  banned_agents: [],
  trusted_peers: [],
}
const FULL: AccessDocument = {
  version: 1,
  banned_peers: Array.from({ length: MAX_BANNED_PEERS }, (_, index) => numberedKeyId(index)),
  banned_ip_ranges: Array.from({ length: MAX_BANNED_RANGES }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`),
  banned_agents: Array.from({ length: MAX_BANNED_AGENTS }, (_, index) => `agent ${index}`),
  trusted_peers: [],
}
const COUNT = MAX_BANNED_PEERS + MAX_BANNED_RANGES + MAX_BANNED_AGENTS

/** The longest that the network thread lets a read wait until `work` is done. */
async function longestWait(relay: StarlingProcess, work: Promise<unknown>): Promise<number> {
  let busy = true
  const done = (): void => {
    busy = false
  }
  work.then(done, done)
  let longestMs = 0
  while (busy) {
    const askedMs = performance.now()
    await relay.fetchJson('/config')
    longestMs = Math.max(longestMs, performance.now() - askedMs)
    await delay(5)
  }
  return longestMs
}

interface Times {
  readonly importMs: number
  /** The longest that a read waited meanwhile. */
  readonly waitMs: number
  /** Of all threads of the relay. */
  readonly cpuMs: number
  /** For how long those threads, and the test's, could have run and had no processor. */
  readonly queuedMs: number
}

async function cpuMsOf(relay: StarlingProcess): Promise<number> {
  const page = parseMetrics(await (await fetch(`${relay.api}/metrics`)).text())
  const seconds = (mode: string): number =>
    seriesValue(page, 'starling_process_cpu_seconds_total', { mode }) ?? assert.fail(`no CPU time of mode ${mode}`)
  return 1000 * (seconds('user') + seconds('system'))
}

/** Of all threads of a process that are there; 0 where the system does not tell (Linux does: schedstats, in ns). */
function queuedMsOf(pid: number | 'self'): number {
  const folder = `/proc/${pid}/task`
  try {
    const queuedNs = (thread: string): number =>
      Number(readFileSync(`${folder}/${thread}/schedstat`, 'utf8').split(' ')[1])
    return readdirSync(folder).reduce((sum, thread) => sum + queuedNs(thread), 0) / 1e6
  } catch {
    return 0
  }
}

/** Imports all, and looks how long that took. */
async function importAll(relay: StarlingProcess): Promise<Times> {
  const queued = (): number => queuedMsOf(relay.pid) + queuedMsOf('self')
  const cpuBeforeMs = await cpuMsOf(relay)
  const queuedBeforeMs = queued()
  const startedMs = performance.now()
  const put = relay.request('PUT', '/access', FULL)
  const waitMs = await longestWait(relay, put)
  const { status, body } = await put
  const importMs = performance.now() - startedMs
  const queuedMs = Math.max(0, queued() - queuedBeforeMs)
  const cpuMs = (await cpuMsOf(relay)) - cpuBeforeMs
  assert.deepEqual([status, body], [200, { status: 'ok', action: 'imported', added: COUNT, removed: 0 }])
  assert.deepEqual(await relay.fetchJson('/access'), FULL)
  return { importMs, waitMs, cpuMs, queuedMs }
}

/** Within the limits; or beyond them by no more than there was no processor to be had, for an import that costs little. */
function isSoon({ importMs, waitMs, cpuMs, queuedMs }: Times): boolean {
  const allowedMs = cpuMs < MAX_CPU_MS ? queuedMs : 0
  return importMs < MAX_IMPORT_MS + allowedMs && waitMs < MAX_WAIT_MS + allowedMs
}

test('an import of every list full is made at once, and gossip does not wait for it', async (t) => {
  await using relay = await StarlingProcess.start()
  const all: Times[] = []
  while (!all.some(isSoon) && all.length < MAX_IMPORTS) {
    if (all.length > 0) assert.equal((await relay.request('PUT', '/access', EMPTY)).status, 200)
    all.push(await importAll(relay))
  }
  const shown = all.map(
    ({ importMs, waitMs, cpuMs, queuedMs }) =>
      `imported in ${importMs.toFixed()} ms, ${cpuMs.toFixed()} of a core, ${queuedMs.toFixed()} without one; a read waited at most ${waitMs.toFixed()} ms`,
  )
  for (const line of shown) t.diagnostic(line)
  assert.ok(all.some(isSoon), shown.join('\n'))
})
