import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { ssz } from '@lodestar/types'
import fc from 'fast-check'
import { computeDomain } from '../../../src/consensus/signing.ts'
import { to0xHex } from '../../../src/shared/hex.ts'
import { chooseHasher } from '../../../src/validation-pool/hasher.ts'
import { verifyBlock } from '../../../src/validation-pool/jobs/verify-block.ts'
import { createDemoParts } from '../demo/demo-parts.ts'

const { keys, network, chain } = createDemoParts()
const { signedBlock, root } = chain.propose({ slot: 3, blobCommitments: [], attestations: [] })
const bytes = ssz.fulu.SignedBeaconBlock.serialize(signedBlock)
const { domains } = chain
const input = {
  fork: 'fulu',
  ssz: Uint8Array.from(bytes),
  pubkey: keys.publicKeyBytes(signedBlock.message.proposerIndex),
  domain: domains.proposer,
  signedRoot: undefined,
} as const
const proposed = { root: to0xHex(root), answer: true }

before(() => chooseHasher())

test('a block that its proposer signed', () => {
  assert.deepEqual(verifyBlock(input), proposed)
})

test('not signed: another key, domain, fork or genesis', () => {
  const version = network.config.forks.find(({ name }) => name === 'electra')?.versionHex ?? ''
  const changes = [
    { pubkey: keys.publicKeyBytes(signedBlock.message.proposerIndex + 1) },
    { domain: domains.randao },
    { domain: computeDomain('beaconProposer', version, network.genesisValidatorsRoot) },
    { domain: computeDomain('beaconProposer', Buffer.from(network.forkVersion).toString('hex'), new Uint8Array(32)) },
  ]
  for (const change of changes) {
    assert.deepEqual(verifyBlock({ ...input, ...change }), { ...proposed, answer: false })
  }
})

test('a block with a byte changed is another one, which nobody signed', () => {
  const changed = Uint8Array.from(bytes)
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
  const result = verifyBlock({ ...input, ssz: changed, signedRoot: proposed.root })
  assert.ok(result === undefined || (result.root !== proposed.root && result.answer !== true))
  changed.set(bytes)
  changed[100 + 48] = (bytes[148] ?? 0) ^ 1 // the state root
  assert.equal(verifyBlock({ ...input, ssz: changed, signedRoot: proposed.root })?.answer, false)
})

test('a root that the signature is known to be of is not verified once more', () => {
  const known = { ...input, pubkey: new Uint8Array(48), signedRoot: proposed.root }
  assert.deepEqual(verifyBlock(known), proposed)
  const unknown = { ...known, signedRoot: to0xHex(new Uint8Array(32)) }
  assert.equal(verifyBlock(unknown)?.answer, 'bad_key', 'of zeros, which are no key and say nothing of the block')
})

test('any bytes are no block and throw nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_000 }), (rubbish) => {
      const result = verifyBlock({ ...input, ssz: Uint8Array.from(rubbish) })
      assert.ok(result === undefined || result.answer !== true)
    }),
  )
})
