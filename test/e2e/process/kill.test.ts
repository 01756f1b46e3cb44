import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { ExplicitPeerView } from '../../../src/rpc/peer-views.ts'
import type { RuntimeConfigView } from '../../../src/rpc/settings-views.ts'
import { until } from '../../support/until.ts'
import { quietFlags, starling } from './child.ts'

const KILLS = 4
const PEERS = 12
/** A kill comes within this time after the first answers, somewhere in a write, a call or an answer. */
const FIRST_ANSWERS = 2
const MAX_WRITING_MS = 250

/** Changes over HTTP, with what is known of each: acknowledged, or on its way when the process died. */
class Writer {
  readonly #peerIds: readonly string[]
  /** The number that the last acknowledged PATCH set, and the one that may be in force instead. */
  acknowledged = 0
  attempted = 0
  readonly explicit = new Map<string, boolean>()
  inFlight: string | undefined
  answers = 0

  constructor(peerIds: readonly string[]) {
    this.#peerIds = peerIds
    for (const peerId of peerIds) this.explicit.set(peerId, false)
  }

  /** Writes until the process is gone. */
  async write(api: string): Promise<void> {
    await Promise.all([this.#patch(api), this.#toggle(api)])
  }

  /** Two fields at once, so that half a change would show. */
  async #patch(api: string): Promise<void> {
    for (;;) {
      this.attempted = (this.attempted + 1) % 1_000
      const body = JSON.stringify({ target_peers: this.attempted, max_latency_ms: this.attempted + 0.5 })
      if (!(await this.#isAnswered(`${api}/config`, { method: 'PATCH', body }))) return
      this.acknowledged = this.attempted
    }
  }

  async #toggle(api: string): Promise<void> {
    for (let turn = 0; ; turn++) {
      const peerId = this.#peerIds[(turn * 5) % this.#peerIds.length] ?? ''
      const adds = this.explicit.get(peerId) === false
      this.inFlight = peerId
      if (!(await this.#isAnswered(`${api}/mesh/explicit/${peerId}`, { method: adds ? 'POST' : 'DELETE' }))) return
      this.explicit.set(peerId, adds)
    }
  }

  async #isAnswered(url: string, init: RequestInit): Promise<boolean> {
    let status: number
    try {
      const headers = init.body === undefined ? {} : { 'content-type': 'application/json' }
      status = (await fetch(url, { ...init, headers })).status
    } catch {
      return false // the process is gone
    }
    assert.equal(status, 200)
    this.answers++
    return true
  }
}

async function read<T>(api: unknown, path: string): Promise<T> {
  return (await (await fetch(`${api}${path}`)).json()) as T
}

/** Compares a restarted relay with what the writer knows, and takes over what was on its way. */
async function compare(api: unknown, writer: Writer): Promise<void> {
  const { target_peers, max_latency_ms } = await read<RuntimeConfigView>(api, '/config')
  if (writer.answers > 0) {
    assert.equal(max_latency_ms, target_peers + 0.5, 'a change is in force whole')
    assert.ok(
      [writer.acknowledged, writer.attempted].includes(target_peers),
      `${target_peers} is neither the acknowledged ${writer.acknowledged} nor the attempted ${writer.attempted}`,
    )
    writer.acknowledged = target_peers
  }
  const listed = (await read<readonly ExplicitPeerView[]>(api, '/mesh/explicit')).map(({ peer_id }) => peer_id)
  for (const [peerId, isExplicit] of writer.explicit) {
    if (peerId === writer.inFlight) writer.explicit.set(peerId, listed.includes(peerId))
    else assert.equal(listed.includes(peerId), isExplicit, peerId)
  }
}

async function peerIds(count: number): Promise<readonly string[]> {
  const keys = await Promise.all(Array.from({ length: count }, () => generateKeyPair('secp256k1')))
  return keys.map((key) => peerIdFromPrivateKey(key).toString())
}

async function start(t: TestContext, flags: readonly string[]) {
  const child = starling(t, ['run', '--no-quic', '--topics', 'beacon_block', '--log-level', 'info', ...flags])
  const { api } = await child.line('relay started')
  return { child, api }
}

test(`${KILLS} kills -9 amid changes: each acknowledged one is there after the restart, and none is by half`, async (t) => {
  const flags = quietFlags(t)
  const writer = new Writer(await peerIds(PEERS))
  for (let kill = 0; kill < KILLS; kill++) {
    const { child, api } = await start(t, flags)
    await compare(api, writer)
    const before = writer.answers
    const written = writer.write(String(api))
    await until('the first answers', () => writer.answers >= before + FIRST_ANSWERS)
    await delay(Math.random() * MAX_WRITING_MS)
    child.process.kill('SIGKILL')
    await written
    assert.equal((await child.end()).code, 'SIGKILL')
  }
  const { child, api } = await start(t, flags)
  await compare(api, writer)
  child.process.kill('SIGTERM')
  assert.equal((await child.end()).code, 0)
  t.diagnostic(`${writer.answers} changes acknowledged over ${KILLS} kills`)
  assert.ok(writer.answers >= KILLS * FIRST_ANSWERS)
})
