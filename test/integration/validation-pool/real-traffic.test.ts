/** A slot of real traffic before the policies that are in force by default, with and without keys. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ssz } from '@lodestar/types'
import pino from 'pino'
import { formatTopic, parseTopic } from '../../../src/consensus/topic.ts'
import type { GossipKind } from '../../../src/consensus/topic-table.ts'
import { createChain } from '../../../src/network-worker/chain/chain.ts'
import { openPolicies } from '../../../src/network-worker/validation/policy/policy-room.ts'
import type { Verdict } from '../../../src/network-worker/validation/verdict.ts'
import { type KeySource, NO_KEYS } from '../../../src/network-worker/validation/verify/key-source.ts'
import { StatelessVerifier } from '../../../src/network-worker/validation/verify/stateless-verifier.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { REAL_FORKS, type RealNetwork, type RealObject, realNetwork, realObject } from '../../support/real-objects.ts'
import { until } from '../../support/until.ts'
import { PEERS } from '../../unit/network-worker/validation/policy/peers-by-name.ts'
import { turned } from '../../unit/network-worker/validation/real-objects-scene.ts'
import { SETUP_MS, verifyReal } from './verify-real.ts'

const FIRST_PEER = 'a:x'
const SECOND_PEER = 'b:y'
/** None of them has just come. */
const AGE_MS = 3_600_000
const CORROBORATION_MS = 4000
/** Of the first byte of a block's state root, which nothing but the signature protects. */
const STATE_ROOT_AT = 4 + 96 + 8 + 8 + 32

/** What two peers must have sent. */
const CORROBORATED: ReadonlySet<GossipKind> = new Set([
  'voluntary_exit',
  'proposer_slashing',
  'attester_slashing',
  'light_client_finality_update',
  'light_client_optimistic_update',
  // Well signed, but whether by the key of the validator's credentials takes a state.
  'bls_to_execution_change',
])

/** Judges what comes at its time, as gossip does; the clock goes forward only. */
function openRoom(t: TestContext, { config: network }: RealNetwork, keys: KeySource) {
  const clock = new FakeClock(network.genesisTimeSeconds * 1000)
  const log = pino({ level: 'silent' })
  const chain = createChain(network, clock)
  const verifier = new StatelessVerifier({ network, slotClock: chain.slotClock, clock, log, keys })
  const room = openPolicies({
    config: { validation: { default: 'default', perTopic: {} }, corroborationTimeMs: CORROBORATION_MS },
    chain,
    clock,
    activeValidators: () => null,
    verifier,
    sources: { ...PEERS, ageMs: () => AGE_MS },
  })
  t.after(() => verifier.stop())
  let messages = 0
  const send = (object: RealObject, ssz = object.ssz, fromId = FIRST_PEER) => {
    clock.advance(Math.max(0, object.receivedAtMs - clock.nowMs()))
    const { entry, kind, parsed } = object
    const topic = formatTopic(entry.digestHex, parsed.name)
    assert.ok(parseTopic(topic) !== undefined)
    const check = room.checkOf({ topic, parsed, entry, minSszBytes: 0, maxSszBytes: 1e9, policy: room.policyOf(kind) })
    const msgId = `${messages++}`
    const lent = new Uint8Array(ssz)
    const answer = check(lent, msgId, { fromId, copies: undefined, sizeBytes: object.compressed.length })
    lent.fill(0)
    return { answer, msgId }
  }
  return { room, send, verifier }
}

/** What becomes of a message in the end, sent by one peer or by two. */
async function outcome(
  { room, send }: ReturnType<typeof openRoom>,
  object: RealObject,
  { ssz, sources }: { readonly ssz?: Uint8Array; readonly sources: 1 | 2 },
): Promise<Verdict> {
  const { answer, msgId } = send(object, ssz)
  let verdict: Verdict | undefined
  void Promise.resolve('settled' in answer ? answer.settled : answer).then((given) => (verdict = given))
  const isJudged = (): boolean => {
    if (sources === 2) room.onCopy(msgId, SECOND_PEER)
    return verdict !== undefined
  }
  await until(`a verdict on ${object.parsed.name}`, isJudged, SETUP_MS)
  return verdict ?? assert.fail()
}

function inOrder({ objects }: RealNetwork): readonly RealObject[] {
  return objects.toSorted((a, b) => a.receivedAtMs - b.receivedAtMs)
}

const ACCEPT: Verdict = { action: 'accept' }
const REJECTED: Verdict = { action: 'reject', reason: 'bad_signature' }
const DISPROVEN: Verdict = { action: 'reject', reason: 'bad_proof' }
const isSidecar = ({ kind }: RealObject): boolean => kind === 'blob_sidecar' || kind === 'data_column_sidecar'

/** The sidecar with another bit in its cells or its blob, which only KZG finds. */
function garbageOf({ kind, ssz: bytes }: RealObject): Uint8Array {
  if (kind === 'blob_sidecar') {
    const sidecar = ssz.deneb.BlobSidecar.deserialize(bytes)
    turnLow(sidecar.blob)
    return ssz.deneb.BlobSidecar.serialize(sidecar)
  }
  const sidecar = ssz.fulu.DataColumnSidecar.deserialize(bytes)
  turnLow(sidecar.column[0] ?? assert.fail())
  return ssz.fulu.DataColumnSidecar.serialize(sidecar)
}

/** In the last byte of the first element: the first byte says by its size whether it is one. */
function turnLow(elements: Uint8Array): void {
  elements[31] = (elements[31] ?? 0) ^ 1
}

for (const fork of REAL_FORKS) {
  for (const hasKeys of [true, false]) {
    test(`${fork}, ${hasKeys ? 'keys known' : 'no keys'}: all goes on, operations once two peers sent them`, async (t) => {
      const network = realNetwork(fork)
      const scene = openRoom(t, network, hasKeys ? network.keys : NO_KEYS)
      const sidecar = network.objects.find(isSidecar)
      // Which has the trusted setup loaded.
      if (sidecar !== undefined) await verifyReal(scene.verifier, sidecar, sidecar.parsed.name, sidecar.ssz)
      for (const object of inOrder(network)) {
        const sources = CORROBORATED.has(object.kind) ? 2 : 1
        assert.deepEqual(await outcome(scene, object, { sources }), ACCEPT, object.parsed.name)
      }
      assert.equal(scene.room.isInDoubt, false)
    })
  }

  test(`${fork}, keys known: a forged twin that comes first is rejected, and the block goes on`, async (t) => {
    const network = realNetwork(fork)
    const scene = openRoom(t, network, network.keys)
    const block = realObject(fork, 'beacon_block')
    const twin = { ssz: turned(block.ssz, STATE_ROOT_AT), sources: 1 } as const
    assert.deepEqual(await outcome(scene, block, twin), REJECTED)
    assert.deepEqual(await outcome(scene, block, { sources: 1 }), ACCEPT)
    assert.deepEqual(await outcome(scene, block, twin), REJECTED)
  })

  if (realNetwork(fork).objects.some(isSidecar)) {
    test(`${fork}, no keys: a sidecar of garbage under a true header is rejected, and the true one goes on`, async (t) => {
      const network = realNetwork(fork)
      const scene = openRoom(t, network, NO_KEYS)
      const sidecar = network.objects.find(isSidecar) ?? assert.fail()
      const garbage = garbageOf(sidecar)
      // While the trusted setup is loaded.
      assert.deepEqual(await outcome(scene, sidecar, { ssz: garbage, sources: 1 }), DISPROVEN)
      assert.equal(scene.room.isInDoubt, false)
      assert.deepEqual(await outcome(scene, sidecar, { sources: 1 }), ACCEPT)
      assert.deepEqual(await outcome(scene, sidecar, { ssz: garbage, sources: 1 }), DISPROVEN)
    })
  }

  test(`${fork}, no keys: a forged twin that comes first keeps the block waiting for a second peer, no longer`, async (t) => {
    const scene = openRoom(t, realNetwork(fork), NO_KEYS)
    const block = realObject(fork, 'beacon_block')
    assert.deepEqual(await outcome(scene, block, { ssz: turned(block.ssz, STATE_ROOT_AT), sources: 1 }), ACCEPT)
    assert.deepEqual(await outcome(scene, block, { sources: 2 }), ACCEPT)
    assert.equal(scene.room.isInDoubt, true)
  })
}
