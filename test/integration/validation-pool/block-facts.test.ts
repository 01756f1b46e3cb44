import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { FORK_NAMES } from '../../../src/consensus/network-config.ts'
import { MAX_JOBS } from '../../../src/validation-pool/client.ts'
import { openPool } from './pool-scene.ts'

const ZERO_ROOT = `0x${'00'.repeat(32)}`

function fuluBlock(slot: number, transactions: number, bytesEach: number) {
  const block = ssz.fulu.SignedBeaconBlock.defaultValue()
  block.message.slot = slot
  block.message.proposerIndex = 3
  const all = Array.from({ length: transactions }, (_, index) => new Uint8Array(bytesEach).fill(index))
  block.message.body.executionPayload.transactions = all
  return block
}

function rootOf(block: ReturnType<typeof fuluBlock>): string {
  return `0x${Buffer.from(ssz.fulu.BeaconBlock.hashTreeRoot(block.message)).toString('hex')}`
}

test('a block of each fork is hashed on another thread', async (t) => {
  const { hash, log } = openPool(t)
  for (const fork of FORK_NAMES) {
    const signed = ssz[fork].SignedBeaconBlock.defaultValue()
    signed.message.slot = 77
    signed.message.proposerIndex = 12
    signed.message.parentRoot = new Uint8Array(32).fill(9)
    const root = `0x${Buffer.from(ssz[fork].BeaconBlock.hashTreeRoot(signed.message as never)).toString('hex')}`
    const parentRoot = `0x${'09'.repeat(32)}`
    const result = await hash(fork, ssz[fork].SignedBeaconBlock.serialize(signed as never))
    assert.deepEqual(result, { ok: true, output: { slot: 77, proposerIndex: 12, root, parentRoot } })
  }
  assert.deepEqual(await hash('fulu', new Uint8Array(3_000).fill(7)), { ok: true, output: undefined })
  assert.deepEqual(log, [])
})

test('beyond so many jobs under way further ones are refused, and none is lost or mixed up', async (t) => {
  const { hash } = openPool(t)
  const blocks = Array.from({ length: MAX_JOBS + 5 }, (_, slot) => fuluBlock(slot, 20, 300))
  const results = await Promise.all(blocks.map((block) => hash('fulu', ssz.fulu.SignedBeaconBlock.serialize(block))))
  assert.deepEqual(
    results.map((result) => (result.ok ? result.output?.root : result.reason)),
    blocks.map((block, index) => (index < MAX_JOBS ? rootOf(block) : 'queue_full')),
  )
  const [block] = blocks
  assert.ok(block !== undefined)
  assert.equal((await hash('fulu', ssz.fulu.SignedBeaconBlock.serialize(block))).ok, true)
})

test('the worst block that is hashed does not cost the thread its life', async (t) => {
  const { hash, log } = openPool(t)
  const worst = fuluBlock(1, 500_000, 0)
  const result = await hash('fulu', ssz.fulu.SignedBeaconBlock.serialize(worst))
  assert.deepEqual(result, {
    ok: true,
    output: { slot: 1, proposerIndex: 3, root: rootOf(worst), parentRoot: ZERO_ROOT },
  })
  assert.deepEqual(log, [])
})
