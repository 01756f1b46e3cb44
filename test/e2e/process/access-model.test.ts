import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { AccessDocument } from '../../../src/api/operator.ts'
import type { TrustedPeerView } from '../../../src/rpc/peer-views.ts'
import { AccessModel, sorted, sortedDocument } from '../../support/access-model.ts'
import { anyCall, type Call, type Pool, requestOf } from '../../support/access-model-calls.ts'
import { LivePeers } from '../../support/access-model-live.ts'
import { numberedPeer } from '../../support/access-model-pool.ts'
import { ModelRelay, modelFlags } from '../../support/access-model-relay.ts'
import { compareRows } from '../../support/access-model-rows.ts'

const CALLS = 1_000
const CALLS_BETWEEN_CHECKS = 50
/** After so many calls each the relay ends and starts again: 6 times in all. */
const CALLS_BETWEEN_RESTARTS = 150
/** Restarts, counted from 1, before which the relay is killed. */
const KILLS = [2, 5]
const ABSENT_PEERS = 5

/** Every list of the API against the model. Trusted peers that listen have to be connected, banned ones must not. */
async function compareApi(relay: ModelRelay, model: AccessModel, live: LivePeers): Promise<void> {
  for (const peerId of live.ids) {
    if (!model.admits(peerId)) await live.isGone(relay, peerId)
    else if (model.isTrusted(peerId)) await live.isHere(relay, peerId)
  }
  const isConnected = (peerId: string): boolean => live.ids.includes(peerId)
  // Of a peer that is trusted by its address a record is shown as soon as the relay has met one.
  const views = await relay.read<readonly TrustedPeerView[]>('/peers/trusted')
  const shown = new Map(
    views.filter(({ peer_id, enr }) => model.isRecordOf(peer_id, enr)).map(({ peer_id, enr }) => [peer_id, enr]),
  )
  const expected = {
    '/peers/banned': model.banned.map((peer_id) => ({ peer_id, ban_type: 'permanent' })),
    '/peers/trusted': model.trusted.map(({ peer_id, enr }) => ({
      peer_id,
      enr: enr ?? shown.get(peer_id) ?? null,
      is_connected: isConnected(peer_id),
    })),
    '/bans/ip': model.ranges.map((cidr) => ({ cidr })),
    '/bans/agent': model.agents.map((agent) => ({ agent })),
    '/mesh/explicit': model.explicit.map((peer_id) => ({ peer_id, is_connected: false })),
  }
  for (const [path, list] of Object.entries(expected)) {
    assert.deepEqual(sorted(await relay.read<readonly unknown[]>(path)), sorted<unknown>(list), path)
  }
  assert.deepEqual(sortedDocument(await relay.read('/access')), sortedDocument(model.document))
  assert.deepEqual(await relay.read('/config'), model.config)
}

interface Run {
  readonly t: TestContext
  readonly flags: readonly string[]
  readonly live: LivePeers
  readonly pool: Pool
  readonly model: AccessModel
  relay: ModelRelay
}

async function begin(t: TestContext): Promise<Run> {
  const filed = numberedPeer(ABSENT_PEERS + 1)
  const flags = modelFlags(t, [filed.peerId])
  const relay = await ModelRelay.start(t, flags)
  const live = await LivePeers.start(t)
  const own = { ...numberedPeer(0), peerId: relay.peerId, enr: relay.enr, address: relay.address }
  const absent = Array.from({ length: ABSENT_PEERS }, (_, index) => numberedPeer(index + 1))
  const pool = { own, filed, absent, recorded: live.recorded, unrecorded: live.unrecorded }
  return { t, flags, live, pool, model: new AccessModel(pool, await relay.read('/config')), relay }
}

/** Makes a call; answers whether it was refused, as it had to be. */
async function make({ relay, live, model }: Run, call: Call): Promise<boolean> {
  if (call.do === 'trustConnected') await live.settle(relay, call.peer, model.admits(call.peer))
  const expected = model.answer(call)
  const { status, body } = await relay.send(requestOf(call))
  assert.deepEqual({ status, body: call.do === 'export' ? sortedDocument(body as AccessDocument) : body }, expected)
  return status >= 400
}

async function restart(run: Run, isKill: boolean): Promise<void> {
  await compareApi(run.relay, run.model, run.live)
  assert.deepEqual(run.relay.complaints, [])
  await (isKill ? run.relay.kill() : run.relay.stop())
  compareRows(run.flags, run.model)
  run.model.start()
  run.relay = await ModelRelay.start(run.t, run.flags)
  await compareApi(run.relay, run.model, run.live)
}

/** Makes the calls in order. @throws AssertionError that names the call and the seed */
async function makeAll(run: Run, calls: readonly Call[], seed: number): Promise<void> {
  let restarts = 0
  let refusals = 0
  for (const [index, call] of calls.entries()) {
    try {
      if (await make(run, call)) refusals++
      if ((index + 1) % CALLS_BETWEEN_CHECKS === 0) await compareApi(run.relay, run.model, run.live)
      if ((index + 1) % CALLS_BETWEEN_RESTARTS === 0) await restart(run, KILLS.includes(++restarts))
    } catch (cause) {
      throw new Error(`call ${index + 1} of seed ${seed}: ${JSON.stringify(call)}`, { cause })
    }
  }
  run.t.diagnostic(
    `${calls.length} calls, ${refusals} refused, ${restarts} restarts, ${KILLS.length} of them after kill -9; seed ${seed}`,
  )
}

test(`${CALLS} random calls against a model: API, database and model agree, through restarts and kills`, async (t) => {
  const seed = Number(process.env['ACCESS_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const run = await begin(t)
  await makeAll(run, fc.sample(anyCall(run.pool), { numRuns: CALLS, seed }), seed)
  await compareApi(run.relay, run.model, run.live)
  await run.relay.stop()
  compareRows(run.flags, run.model)
})
