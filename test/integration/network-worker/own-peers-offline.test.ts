/** A host without its uplink, whose relays still have each other: what they know of peers is not forgotten for it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { KnownRecord } from '../../../src/rpc/discovery-views.ts'
import { testRecord } from '../../support/discv5-node.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

const GENESIS_SECONDS = 1_700_000_000
const network = relayNetwork({ genesisTimeSeconds: GENESIS_SECONDS, slotDurationMs: 12_000, slotsPerEpoch: 32 })
const OUTAGE_MS = 12 * 60_000
/** A record that never connected is forgotten after so many dials in vain (record-book.ts). */
const DIALS_UNTIL_FORGOTTEN = 5
const STEP_MS = 2_000

/** A door that is slammed on all who knock, and the record of a node behind it. */
async function slammedDoor(): Promise<{ record: KnownRecord; knocks(): number } & AsyncDisposable> {
  let knocks = 0
  const server = createServer((socket) => {
    knocks++
    socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const digest = createForkSchedule(network).at(0).digestHex
  const node = testRecord({ udpPort: port, tcp: port, forkDigestHex: digest })
  const lastSeenMs = GENESIS_SECONDS * 1000
  return {
    record: {
      peerId: node.peerId.toString(),
      enr: node.encodeTxt(),
      lastSeenMs,
      bestRttMs: null,
      lastConnectedMs: null,
    },
    knocks: () => knocks,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}

test('while only own relays are connected failed dials do not count', async () => {
  const clock = new FakeClock(GENESIS_SECONDS * 1000 + 10_000)
  await using first = await slammedDoor()
  await using second = await slammedDoor()
  const doors = [first, second]
  await using own = await startRelay({ config: { network }, clock })
  await using relay = await startRelay({
    config: { network, discovery: true, bootnodes: [] },
    clock,
    access: { trustedPeers: [{ peerId: own.peerId, enr: null, addresses: own.addresses.slice(0, 1) }] },
    discovery: { records: doors.map(({ record }) => record), discoveredPeers: [] },
  })
  await until('the own relay', async () => {
    clock.advance(50)
    return (await stateOf(relay, own.peerId)) === 'connected'
  })
  await until('a dial of each', () => {
    clock.advance(50)
    return doors.every(({ knocks }) => knocks() > 0)
  })
  for (let passedMs = 0; passedMs < OUTAGE_MS; passedMs += STEP_MS) {
    clock.advance(STEP_MS)
    await sleep(20)
  }
  assert.equal(await stateOf(relay, own.peerId), 'connected')
  for (const { knocks } of doors) assert.ok(knocks() >= DIALS_UNTIL_FORGOTTEN, `dialled ${knocks()} times`)
  assert.deepEqual(relay.forgottenRecords, [])
})
