import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ssz } from '@lodestar/types'
import { castVotes, planCommittee } from '../../../src/demo/attestations.ts'
import { proposerOf } from '../../../src/demo/duties.ts'
import { DISTINCT_KEYS } from '../../../src/demo/keys.ts'
import { type KeySource, NO_KEYS } from '../../../src/network-worker/validation/verify/key-source.ts'
import { createDemoParts } from '../../unit/demo/demo-parts.ts'
import { ALL_FORKS, slotOf } from '../../unit/network-worker/validation/judge-scene.ts'
import { blsChange, openVerifier, registryOf, signIn } from './verifier-scene.ts'

const SLOT = 65
const SUBNET = 30

/** A block of the demo at SLOT, and its bytes. */
function proposal() {
  const parts = createDemoParts()
  const block = parts.chain.propose({ slot: SLOT, blobCommitments: [], attestations: [] })
  return { ...parts, block, bytes: ssz.fulu.SignedBeaconBlock.serialize(block.signedBlock) }
}

test("blocks: the proposer's are valid, whoever told us the key; others' are not", async (t) => {
  const { network, keys, block, bytes } = proposal()
  const at = { network: network.config, fork: 'fulu', slot: SLOT } as const
  const validatorIndex = proposerOf(SLOT)
  const lookahead = (index: number): KeySource => ({
    ...NO_KEYS,
    proposerOf: (slot) => (slot === SLOT ? { validatorIndex: index, pubkey: keys.publicKeyBytes(index) } : undefined),
  })
  const { verifier, judge } = openVerifier(t, { ...at, keys: registryOf(keys) })
  assert.equal(await judge('beacon_block', bytes), 'valid')
  const forged = { ...block.signedBlock, signature: keys.sign(validatorIndex + 1, block.root).toBytes() }
  assert.equal(await judge('beacon_block', ssz.fulu.SignedBeaconBlock.serialize(forged)), 'invalid')
  const { message, signature } = block.signedBlock
  const twin = { signature, message: { ...message, body: { ...message.body, graffiti: new Uint8Array(32) } } }
  assert.equal(await judge('beacon_block', ssz.fulu.SignedBeaconBlock.serialize(twin)), 'invalid')
  assert.equal(await judge('beacon_block', bytes), 'valid', 'a forged twin takes nothing from the true one')
  assert.equal(verifier.counts.get('beacon_block', 'invalid'), 2)

  assert.equal(await openVerifier(t, { ...at, keys: lookahead(validatorIndex) }).judge('beacon_block', bytes), 'valid')
  const others = openVerifier(t, { ...at, keys: lookahead(validatorIndex + DISTINCT_KEYS) })
  assert.equal(await others.judge('beacon_block', bytes), 'unavailable', "it is another's turn, with the same key")
  assert.equal(await openVerifier(t, { ...at, keys: NO_KEYS }).judge('beacon_block', bytes), 'no')
  const forgedOfOther = { ...forged, message: { ...block.signedBlock.message, proposerIndex: validatorIndex + 1 } }
  const forgedBytes = ssz.fulu.SignedBeaconBlock.serialize(forgedOfOther)
  const both: KeySource = { ...lookahead(validatorIndex), pubkeyOf: (index) => keys.publicKeyBytes(index) }
  const knowing = openVerifier(t, { ...at, keys: both })
  assert.equal(await knowing.judge('beacon_block', forgedBytes), 'invalid', "another's, and not signed by him")
  assert.equal(knowing.verifier.counts.get('beacon_block', 'other_proposer'), 0)
  const early: KeySource = { ...NO_KEYS, validatorCount: 5 }
  const stranger = openVerifier(t, { ...at, keys: early })
  assert.equal(await stranger.judge('beacon_block', bytes), 'unavailable', 'not in the registry')
  assert.equal(stranger.verifier.counts.get('beacon_block', 'no_key'), 1)
})

test('a block of another proposer whose signature is right is left to the policy', async (t) => {
  const { network, keys, bytes } = proposal()
  const at = { network: network.config, fork: 'fulu', slot: SLOT } as const
  const other = { validatorIndex: proposerOf(SLOT) + 1, pubkey: keys.publicKeyBytes(proposerOf(SLOT) + 1) }
  const reorganised: KeySource = { ...registryOf(keys), proposerOf: () => other }
  const { verifier, judge } = openVerifier(t, { ...at, keys: reorganised })
  assert.equal(await judge('beacon_block', bytes), 'unavailable')
  assert.equal(verifier.counts.get('beacon_block', 'other_proposer'), 1)
})

test('a block that would take half a second to hash is not', async (t) => {
  const { network, keys, block } = proposal()
  const { verifier, judge } = openVerifier(t, {
    network: network.config,
    fork: 'fulu',
    slot: SLOT,
    keys: registryOf(keys),
  })
  const { message, signature } = block.signedBlock
  const transactions = Array.from({ length: 300_000 }, () => new Uint8Array())
  const executionPayload = { ...message.body.executionPayload, transactions }
  const dear = { signature, message: { ...message, body: { ...message.body, executionPayload } } }
  assert.equal(await judge('beacon_block', ssz.fulu.SignedBeaconBlock.serialize(dear)), 'unavailable')
  assert.equal(verifier.counts.get('beacon_block', 'too_long'), 1)
})

test('blocks of one forger by the dozen: an honest one is verified after one of them', async (t) => {
  const { network, keys, block, bytes } = proposal()
  const { judge } = openVerifier(t, { network: network.config, fork: 'fulu', slot: SLOT, keys: registryOf(keys) })
  const { message } = block.signedBlock
  const forged = Array.from({ length: 40 }, (_, index) => {
    const body = { ...message.body, graffiti: new Uint8Array(32).fill(index + 1) }
    return ssz.fulu.SignedBeaconBlock.serialize({ ...block.signedBlock, message: { ...message, body } })
  })
  const order: string[] = []
  const all = forged.map(async (one) => order.push(await judge('beacon_block', one, 'forger')))
  all.push(judge('beacon_block', bytes, 'honest').then((answer) => order.push(answer)))
  await Promise.all(all)
  assert.ok(order.indexOf('valid') <= 2, `after ${order.indexOf('valid')} forged ones`)
  assert.equal(order.filter((answer) => answer === 'invalid').length, 40)
})

test('blocks signed for another fork or another network are invalid', async (t) => {
  const { network, keys, block } = proposal()
  const { config } = network
  const { judge } = openVerifier(t, { network: config, fork: 'fulu', slot: SLOT, keys: registryOf(keys) })
  const signed = (other: Partial<typeof config>, version: number): Uint8Array => {
    const versionHex = config.forks[version]?.versionHex ?? ''
    const as = { keys, signer: proposerOf(SLOT), domain: 'beaconProposer', versionHex } as const
    const signature = signIn({ ...config, ...other }, as, block.root)
    return ssz.fulu.SignedBeaconBlock.serialize({ ...block.signedBlock, signature })
  }
  assert.equal(await judge('beacon_block', signed({}, 6)), 'valid')
  assert.equal(await judge('beacon_block', signed({}, 5)), 'invalid')
  assert.equal(await judge('beacon_block', signed({ genesisValidatorsRootHex: '11'.repeat(32) }, 6)), 'invalid')
})

test("all of the demo's votes are valid, a stranger's is not", async (t) => {
  const { network, keys, chain } = proposal()
  const scene = openVerifier(t, { network: network.config, fork: 'fulu', slot: SLOT, keys: registryOf(keys) })
  const judge = (attestation: Parameters<typeof ssz.electra.SingleAttestation.serialize>[0]) =>
    scene.judge(`beacon_attestation_${SUBNET}`, ssz.electra.SingleAttestation.serialize(attestation))
  const duty = planCommittee(keys, chain.domains, SLOT, SUBNET)
  const votes = castVotes(keys, chain.domains, duty, chain.attestationData(SLOT))
  assert.ok(votes.length > 30)
  assert.deepEqual(new Set(await Promise.all(votes.map(({ attestation }) => judge(attestation)))), new Set(['valid']))
  const [vote] = votes
  assert.ok(vote !== undefined)
  const stranger = { ...vote.attestation, attesterIndex: vote.attestation.attesterIndex + 1 }
  assert.equal(await judge(stranger), 'invalid')
})

test('changes of credentials need no keys: those of the genesis version are valid, one bad of 64 is found', async (t) => {
  const { keys } = createDemoParts()
  const { verifier, judge } = openVerifier(t, { network: ALL_FORKS, fork: 'fulu', slot: slotOf('fulu'), keys: NO_KEYS })
  const send = (index: number, version = 0) =>
    judge(
      'bls_to_execution_change',
      ssz.capella.SignedBLSToExecutionChange.serialize(blsChange(ALL_FORKS, keys, index, version)),
    )
  const answers = await Promise.all(Array.from({ length: 64 }, (_, index) => send(index, index === 40 ? 6 : 0)))
  assert.deepEqual(
    answers,
    answers.map((_, index) => (index === 40 ? 'invalid' : 'valid')),
  )
  assert.equal(verifier.provesClaim('bls_to_execution_change'), false)
  assert.equal(verifier.provesClaim('beacon_attestation'), false, 'its committee is not signed')
  assert.equal(verifier.provesClaim('beacon_block'), true)
})

test("exits are signed in Capella's domain from Deneb on", async (t) => {
  const keys = createDemoParts().keys
  const of = (fork: 'capella' | 'fulu') =>
    openVerifier(t, { network: ALL_FORKS, fork, slot: slotOf(fork), keys: registryOf(keys) })
  const exit = (epoch: number, version: number): Uint8Array => {
    const message = { epoch, validatorIndex: 9 }
    const versionHex = ALL_FORKS.forks[version]?.versionHex ?? ''
    const as = { keys, signer: 9, domain: 'voluntaryExit', versionHex } as const
    const signature = signIn(ALL_FORKS, as, ssz.phase0.VoluntaryExit.hashTreeRoot(message))
    return ssz.phase0.SignedVoluntaryExit.serialize({ message, signature })
  }
  const [capella, fulu] = [of('capella'), of('fulu')]
  const capellaEpoch = slotOf('capella') / ALL_FORKS.slotsPerEpoch
  const fuluEpoch = Math.floor(slotOf('fulu') / ALL_FORKS.slotsPerEpoch)
  assert.equal(await fulu.judge('voluntary_exit', exit(fuluEpoch, 3)), 'valid')
  assert.equal(await fulu.judge('voluntary_exit', exit(fuluEpoch, 6)), 'invalid')
  assert.equal(await fulu.judge('voluntary_exit', exit(0, 3)), 'valid')
  assert.equal(await capella.judge('voluntary_exit', exit(Math.floor(capellaEpoch), 3)), 'valid')
  assert.equal(await capella.judge('voluntary_exit', exit(0, 2)), 'valid', 'of the fork before')
  assert.equal(await capella.judge('voluntary_exit', exit(0, 3)), 'invalid')
})

test('slashings of proposers need both signatures', async (t) => {
  const keys = createDemoParts().keys
  const slot = slotOf('fulu')
  const { judge } = openVerifier(t, { network: ALL_FORKS, fork: 'fulu', slot, keys: registryOf(keys) })
  const header = (byte: number, signer: number): Uint8Array => {
    const message = { ...ssz.phase0.BeaconBlockHeader.defaultValue(), slot, proposerIndex: 5 }
    message.stateRoot = new Uint8Array(32).fill(byte)
    const as = { keys, signer, domain: 'beaconProposer', versionHex: ALL_FORKS.forks[6]?.versionHex ?? '' } as const
    const signature = signIn(ALL_FORKS, as, ssz.phase0.BeaconBlockHeader.hashTreeRoot(message))
    return ssz.phase0.SignedBeaconBlockHeader.serialize({ message, signature })
  }
  const slashing = (signer: number): Uint8Array => Buffer.concat([header(1, 5), header(2, signer)])
  assert.equal(await judge('proposer_slashing', slashing(5)), 'valid')
  assert.equal(await judge('proposer_slashing', slashing(6)), 'invalid')
})

test('a key that is none says nothing against the message: of a registry, not of a change that names it', async (t) => {
  const { network, keys, bytes } = proposal()
  const notAKey = new Uint8Array(48).fill(0xff)
  const wrong: KeySource = { ...registryOf(keys), pubkeyOf: () => notAKey }
  const at = { network: network.config, fork: 'fulu', slot: SLOT } as const
  const { verifier, judge } = openVerifier(t, { ...at, keys: wrong })
  assert.equal(await judge('beacon_block', bytes), 'unavailable')
  const exit = { message: { epoch: 0, validatorIndex: 9 }, signature: keys.sign(9, new Uint8Array(32)).toBytes() }
  assert.equal(await judge('voluntary_exit', ssz.phase0.SignedVoluntaryExit.serialize(exit)), 'unavailable')
  assert.equal(verifier.counts.get('beacon_block', 'bad_key'), 1)
  assert.equal(verifier.counts.get('voluntary_exit', 'bad_key'), 1)
  const change = blsChange(network.config, keys, 9)
  change.message.fromBlsPubkey = notAKey
  const changed = ssz.capella.SignedBLSToExecutionChange.serialize(change)
  assert.equal(await judge('bls_to_execution_change', changed), 'invalid')
})

test('what nobody can verify without a state is left to the policy, and so is all once the threads are stopped', async (t) => {
  const { network, keys, bytes } = proposal()
  const { verifier, judge } = openVerifier(t, {
    network: network.config,
    fork: 'fulu',
    slot: SLOT,
    keys: registryOf(keys),
  })
  await verifier.stop()
  assert.equal(await judge('beacon_block', bytes), 'unavailable')
  assert.equal(verifier.counts.get('beacon_block', 'failed'), 1)
})
