import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAR_FUTURE_EPOCH, type NetworkConfig } from '../../../src/consensus/network-config.ts'
import { computeDomain, SigningDomains, signingRoot } from '../../../src/consensus/signing.ts'
import { createDomains, signingRoot as demoSigningRoot } from '../../../src/demo/signing.ts'
import { fromHex, toHex } from '../../../src/shared/hex.ts'
import { ALL_FORKS, EPOCHS_OF_FORK } from '../network-worker/validation/judge-scene.ts'

const ROOT = fromHex(ALL_FORKS.genesisValidatorsRootHex, 32)
const domains = new SigningDomains(ALL_FORKS)
/** Version number `fork` of the network. */
const version = (fork: number): string => `${fork + 1}0000078`
const CAPELLA = 3
const DENEB_EPOCH = 4 * EPOCHS_OF_FORK

test('domains and signing roots are those of the SSZ types', () => {
  const expected = createDomains(fromHex(version(6), 4), ROOT)
  assert.equal(toHex(computeDomain('beaconProposer', version(6), ROOT)), toHex(expected.proposer))
  assert.equal(toHex(computeDomain('beaconAttester', version(6), ROOT)), toHex(expected.attester))
  const objectRoot = new Uint8Array(32).fill(9)
  assert.equal(toHex(signingRoot(objectRoot, expected.proposer)), toHex(demoSigningRoot(objectRoot, expected.proposer)))
  assert.throws(() => computeDomain('beaconProposer', '00', ROOT), /expected 4 bytes/)
})

test('the domain of a message is that of the fork of its epoch', () => {
  for (const [fork, { versionHex, epoch }] of ALL_FORKS.forks.entries()) {
    assert.equal(versionHex, version(fork))
    for (const within of [0, EPOCHS_OF_FORK - 1]) {
      const domain = domains.at('beaconProposer', epoch + within)
      assert.equal(toHex(domain), toHex(computeDomain('beaconProposer', versionHex, ROOT)))
    }
  }
  assert.equal(domains.at('beaconProposer', 0), domains.at('beaconProposer', 1), 'worked out once')
})

test('a state knows its fork and the one before, which counts for all that is older', () => {
  const stateEpoch = 5 * EPOCHS_OF_FORK
  const of = (messageEpoch: number): string => toHex(domains.at('beaconProposer', messageEpoch, stateEpoch))
  assert.equal(of(stateEpoch), toHex(computeDomain('beaconProposer', version(5), ROOT)))
  assert.equal(of(stateEpoch - 1), toHex(computeDomain('beaconProposer', version(4), ROOT)))
  assert.equal(of(0), toHex(computeDomain('beaconProposer', version(4), ROOT)))
})

test('exits are of the fork of their epoch until Deneb, and then of Capella for ever', () => {
  const capella = toHex(computeDomain('voluntaryExit', version(CAPELLA), ROOT))
  for (const exitEpoch of [0, DENEB_EPOCH - 1, DENEB_EPOCH, DENEB_EPOCH + 30]) {
    assert.equal(toHex(domains.ofExit(exitEpoch, DENEB_EPOCH + 30)), capella, `exit of ${exitEpoch}`)
  }
  const beforeDeneb = domains.ofExit(DENEB_EPOCH - EPOCHS_OF_FORK - 1, DENEB_EPOCH - 1)
  assert.equal(toHex(beforeDeneb), toHex(computeDomain('voluntaryExit', version(CAPELLA - 1), ROOT)))
})

test('a network that never sees Deneb keeps the exits of its forks', () => {
  const network: NetworkConfig = {
    ...ALL_FORKS,
    forks: ALL_FORKS.forks.map((fork, index) => (index < 4 ? fork : { ...fork, epoch: FAR_FUTURE_EPOCH })),
  }
  const domain = new SigningDomains(network).ofExit(5, 1_000)
  assert.equal(toHex(domain), toHex(computeDomain('voluntaryExit', version(CAPELLA - 1), ROOT)))
})

test('changes of credentials are of the genesis version whatever the time', () => {
  assert.equal(toHex(domains.ofBlsChange()), toHex(computeDomain('blsToExecutionChange', version(0), ROOT)))
})
