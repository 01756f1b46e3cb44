import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { FORK_NAMES, isForkAtLeast, presetOf } from '../../../src/consensus/network-config.ts'
import { isNetworkName, NETWORK_NAMES, networkByName } from '../../../src/consensus/networks.ts'
import { RelayError } from '../../../src/shared/errors.ts'

/** Unix times from the public READMEs of the networks. */
const GENESIS = { mainnet: 1606824023, hoodi: 1742213400, sepolia: 1655733600, holesky: 1695902400 }

for (const name of NETWORK_NAMES) {
  test(`${name}: plain data with every fork in order, gloas never`, () => {
    const network = networkByName(name)
    assert.deepEqual(structuredClone(network), network)
    assert.equal(network.name, name)
    assert.equal(network.genesisTimeSeconds, GENESIS[name])
    assert.match(network.genesisValidatorsRootHex, /^[0-9a-f]{64}$/)
    assert.deepEqual(
      network.forks.map((fork) => fork.name),
      FORK_NAMES,
    )
    for (const fork of network.forks) assert.match(fork.versionHex, /^[0-9a-f]{8}$/)
    assert.equal(network.forks.at(-1)?.epoch, Number.POSITIVE_INFINITY)
    assert.equal(presetOf(network), 'mainnet')
  })

  test(`${name}: boot nodes are distinct, validly signed ENRs that can be reached by UDP`, () => {
    const { bootnodes } = networkByName(name)
    assert.ok(bootnodes.length > 0)
    const ids = bootnodes.map((text) => {
      const enr = ENR.decodeTxt(text)
      assert.ok(enr.getLocationMultiaddr('udp4') !== undefined || enr.getLocationMultiaddr('udp6') !== undefined, text)
      return enr.nodeId
    })
    assert.equal(new Set(ids).size, ids.length)
  })
}

test('an unknown name is a configuration error that lists the known ones', () => {
  assert.equal(isNetworkName('toString'), false)
  assert.throws(
    () => networkByName('goerli'),
    (error) => error instanceof RelayError && error.code === 'CONFIG_INVALID' && error.message.includes('hoodi'),
  )
})

test('forks are ordered', () => {
  assert.equal(isForkAtLeast('fulu', 'electra'), true)
  assert.equal(isForkAtLeast('electra', 'electra'), true)
  assert.equal(isForkAtLeast('deneb', 'electra'), false)
})
