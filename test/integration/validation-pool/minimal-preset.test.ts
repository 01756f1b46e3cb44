import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FORK_NAMES } from '../../../src/consensus/network-config.ts'
import { openPool } from './pool-scene.ts'

// The types of this process, which the roots are compared with; they read it once.
process.env['LODESTAR_PRESET'] = 'minimal'
const { ssz } = await import('@lodestar/types')

/** Forks whose blocks have fields of other sizes in the two presets: the sync aggregate is the first. */
const DIFFERENT = FORK_NAMES.slice(1)

function signedBlock(fork: (typeof FORK_NAMES)[number]) {
  const signed = ssz[fork].SignedBeaconBlock.defaultValue()
  signed.message.slot = 5
  signed.message.proposerIndex = 6
  const root = `0x${Buffer.from(ssz[fork].BeaconBlock.hashTreeRoot(signed.message as never)).toString('hex')}`
  const facts = { slot: 5, proposerIndex: 6, root, parentRoot: `0x${'00'.repeat(32)}` }
  return { bytes: ssz[fork].SignedBeaconBlock.serialize(signed as never), facts }
}

test('blocks of the minimal preset are hashed by a pool of that preset', async (t) => {
  const { hash } = openPool(t, { preset: 'minimal' })
  for (const fork of FORK_NAMES) {
    const { bytes, facts } = signedBlock(fork)
    assert.deepEqual(await hash(fork, bytes), { ok: true, output: facts }, fork)
  }
})

test('to a pool of the mainnet preset they are no blocks, whatever the environment says', async (t) => {
  const { hash } = openPool(t)
  for (const fork of DIFFERENT) {
    assert.deepEqual(await hash(fork, signedBlock(fork).bytes), { ok: true, output: undefined }, fork)
  }
})
