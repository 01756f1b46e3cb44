/**
 * The relays that Starling is measured beside do the same job: what they forward is whole, and their message ids are those
 * of the specification, which IDONTWANT shows. Only of relays that a bench has built: a test does not compile them.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { isRelayBuilt } from '../../bench/peers/build.ts'
import { RelayProcess } from '../../bench/peers/relay-process.ts'
import { goSkipReason } from '../support/go-build.ts'
import { GoPeer, type PublishBody } from '../support/go-peer.ts'
import { until } from '../support/until.ts'

const TOPIC = '/eth2/5ca1ab1e/beacon_block/ssz_snappy'
/** All of them above both libraries' IDONTWANT thresholds. */
const BODIES: readonly PublishBody[] = [
  { sizeBytes: 20_000, slot: 3 },
  { sizeBytes: 5_000_000 },
  { raw: new Uint8Array(5_000).fill(255) }, // no snappy
]

/** 5 MB over QUIC take seconds where the kernel's small UDP buffers overflow, and more on a busy machine. */
const PATIENCE_MS = 60_000
/** A relay that has this peer in its mesh tells it of a message within milliseconds. */
const ATTEMPT_MS = 3_000

/**
 * Waits until the relay counts the receiver to its mesh. That the receiver counts the relay to its own says only that a GRAFT
 * is on its way, and a message that overtakes it on another connection is never told to be unwanted.
 */
async function untilGrafted(publisher: GoPeer, receiver: GoPeer, relayId: string): Promise<void> {
  const isTold = async (): Promise<boolean> => {
    const { id } = await publisher.publish(TOPIC, { raw: new Uint8Array(randomBytes(5_000)) })
    return await receiver.waitForUnwanted(id, relayId, ATTEMPT_MS).then(
      () => true,
      () => false,
    )
  }
  await until('the relay has grafted the receiver', isTold, PATIENCE_MS)
}

for (const relay of ['go', 'rust'] as const) {
  const skip = goSkipReason() || (!isRelayBuilt(relay) && `the ${relay} relay is not built: a bench builds it`)
  for (const transport of ['tcp', 'quic'] as const) {
    test(`the ${relay} relay forwards and names messages as others do, over ${transport}`, { skip }, async () => {
      await using running = await RelayProcess.start(relay, { transport, topics: [TOPIC], slotSeconds: 12 })
      await using publisher = await GoPeer.start()
      await using receiver = await GoPeer.start()
      const { peerId } = await publisher.dial(running.address)
      await receiver.dial(running.address)
      for (const peer of [publisher, receiver]) await peer.subscribe(TOPIC)
      for (const peer of [publisher, receiver]) {
        await until('the relay is in the mesh', async () => (await peer.mesh(TOPIC)).includes(peerId), PATIENCE_MS)
      }
      await untilGrafted(publisher, receiver, peerId)
      for (const body of BODIES) {
        const published = await publisher.publish(TOPIC, body)
        const { dataSha256 } = await receiver.waitForMessage(published.id, PATIENCE_MS)
        assert.equal(dataSha256, published.dataSha256)
        await receiver.waitForUnwanted(published.id, peerId, PATIENCE_MS)
      }
    })
  }
}
