import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { toHex } from '../../../src/shared/hex.ts'
import { testNetwork } from '../../support/network-directory.ts'
import { until } from '../../support/until.ts'
import { DiscoveringRelay, freePort, relayHome } from './relay.ts'
import { SwarmNetwork } from './swarm-network.ts'

const EPOCH_SECONDS = 32 * 12
/** The boundary, from the relay's start: time for it to find the others before. Where it has not, the next has more. */
const AHEAD_SECONDS = [15, 30, 60] as const
/** The relay looks at the epoch four times a second; a busy machine may keep it from it. */
const ROLLED_MS = 15_000
/** A node that knows the relay checks it every few hundred ms. */
const SPREAD_MS = 30_000

/** What the record says of forks: the digest in force, and the one ahead. */
function forksOf(enr: string): { readonly current: string; readonly next: string } {
  const record = ENR.decodeTxt(enr)
  return {
    current: toHex(record.kvs.get('eth2')?.subarray(0, 4) ?? new Uint8Array()),
    next: toHex(record.kvs.get('nfd') ?? new Uint8Array()),
  }
}

const CHANGE = { blobEpoch: 1 } as const

/** A relay that found all of `right` before its boundary, which is still to come, and its record as it is then. */
async function startBefore(t: TestContext, network: SwarmNetwork, right: readonly string[]) {
  for (const aheadSeconds of AHEAD_SECONDS) {
    const boundarySeconds = Math.floor(Date.now() / 1000) + aheadSeconds
    const home = relayHome(t, testNetwork({ ...CHANGE, genesisTimeSeconds: boundarySeconds - EPOCH_SECONDS }))
    const place = { ...home, address: network.relayAddress, port: await freePort(network.relayAddress) }
    const relay = await DiscoveringRelay.start(t, place, [network.bootnode.enr])
    const found = await relay.reach(right, [right.length], aheadSeconds * 1000).catch(() => undefined)
    const { enr: early } = await relay.info()
    if (found !== undefined && Date.now() < boundarySeconds * 1000) return { relay, boundarySeconds, early }
    await relay.end('SIGTERM')
  }
  return assert.fail(`they were not found within ${AHEAD_SECONDS.at(-1)} s`)
}

test('at a blob-parameter change the record is signed anew, and those who know us hold it', async (t) => {
  const { networkDir } = relayHome(t, testNetwork(CHANGE)) // digests do not depend on the time of genesis
  const [before = '', after = ''] = createForkSchedule(readNetworkDir(networkDir)).entries.map(
    ({ digestHex }) => digestHex,
  )
  assert.notEqual(before, after)
  await using network = await SwarmNetwork.start(networkDir, { go: { right: 3 }, js: { right: 4 } })
  const right = network.of('right').map(({ peerId }) => peerId)
  const { relay, boundarySeconds, early } = await startBefore(t, network, right)
  const { nodeId, seq } = ENR.decodeTxt(early)
  assert.deepEqual(forksOf(early), { current: before, next: after })

  const hasRolled = async (): Promise<boolean> => forksOf((await relay.info()).enr).current === after
  await until('a record of the new fork', hasRolled, boundarySeconds * 1000 - Date.now() + ROLLED_MS)
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
