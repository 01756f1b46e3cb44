import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { toHex } from '../../../src/shared/hex.ts'
import { testNetwork } from '../../support/network-directory.ts'
import { until } from '../../support/until.ts'
import { DiscoveringRelay, freePort, relayHome } from './relay.ts'
import { SwarmNetwork } from './swarm-network.ts'

const EPOCH_SECONDS = 32 * 12
/** The boundary, from the relay's start: time for it to find the others before. */
const AHEAD_SECONDS = 20
/** A node that knows the relay checks it every few hundred ms. */
const SPREAD_MS = 15_000

/** What the record says of forks: the digest in force, and the one ahead. */
function forksOf(enr: string): { readonly current: string; readonly next: string } {
  const record = ENR.decodeTxt(enr)
  return {
    current: toHex(record.kvs.get('eth2')?.subarray(0, 4) ?? new Uint8Array()),
    next: toHex(record.kvs.get('nfd') ?? new Uint8Array()),
  }
}

test('at a blob-parameter change the record is signed anew, and those who know us hold it', async (t) => {
  const change = { blobEpoch: 1 }
  const { networkDir } = relayHome(t, testNetwork(change)) // digests do not depend on the time of genesis
  const [before = '', after = ''] = createForkSchedule(readNetworkDir(networkDir)).entries.map(
    ({ digestHex }) => digestHex,
  )
  assert.notEqual(before, after)
  await using network = await SwarmNetwork.start(networkDir, { go: { right: 3 }, js: { right: 4 } })

  const boundarySeconds = Math.floor(Date.now() / 1000) + AHEAD_SECONDS
  const home = relayHome(t, testNetwork({ ...change, genesisTimeSeconds: boundarySeconds - EPOCH_SECONDS }))
  const port = await freePort(network.relayAddress)
  const relay = await DiscoveringRelay.start(t, { ...home, address: network.relayAddress, port }, [
    network.bootnode.enr,
  ])
  const right = network.of('right').map(({ peerId }) => peerId)
  await relay.reach(right, [right.length], AHEAD_SECONDS * 1000)
  const { enr: early } = await relay.info()
  const { nodeId, seq } = ENR.decodeTxt(early)
  assert.deepEqual(forksOf(early), { current: before, next: after })
  assert.ok(Date.now() < boundarySeconds * 1000, 'found before the boundary')

  const hasRolled = async (): Promise<boolean> => forksOf((await relay.info()).enr).current === after
  await until('a record of the new fork', hasRolled, boundarySeconds * 1000 - Date.now() + 5_000)
  const { enr: late } = await relay.info()
  assert.equal(forksOf(late).next, '00000000')
  assert.ok(ENR.decodeTxt(late).seq > seq)

  await until(
    'the new record with everybody who knows the relay',
    async () => {
      const held = await network.held(nodeId)
      return held.size >= 4 && [...held.values()].every((enr) => enr === late)
    },
    SPREAD_MS,
  )
  await network.allTold(late)
  assert.equal((await relay.info()).enr, late)
  const connected = await relay.connected()
  assert.deepEqual(
    right.filter((id) => !connected.has(id)),
    [],
  )
})
