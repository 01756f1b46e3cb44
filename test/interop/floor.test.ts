import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measureFloor } from '../../bench/floor/measure-floor.ts'
import { SUBSCRIBERS } from '../../bench/macro/load-generator.ts'
import { attestations, blocks, GOSSIP_NAMES, type LoadStream } from '../../bench/macro/traffic.ts'
import { TRANSPORTS } from '../../bench/variant.ts'
import { goSkipReason } from '../support/go-build.ts'

const skip = goSkipReason()
const TOPICS = GOSSIP_NAMES.map((name) => `/eth2/00000000/${name}/ssz_snappy`)
const STREAMS: readonly LoadStream[] = [attestations(TOPICS, 500), blocks(TOPICS, 40)]

for (const transport of TRANSPORTS) {
  for (const stream of STREAMS) {
    test(`all that is sent arrives, and so does what is received: ${stream.name}, ${transport}`, { skip }, async () => {
      const variant = { relay: 'starling', transport, validation: 'none', setting: 'floor' } as const
      const run = await measureFloor(
        stream,
        { case: stream.name, variant, round: 0 },
        { seconds: 1, warmupSeconds: 0.5 },
      )
      const [out, came] = run.classes
      assert.ok(out !== undefined && came !== undefined)
      const published = stream.ratePerSecond
      assert.deepEqual([out.published, out.delivered], [published, published * SUBSCRIBERS])
      assert.deepEqual([came.published, came.delivered], [published, published])
      // Half of it is compressible.
      assert.ok(out.wireBytes > 0.4 * stream.shape.sizeBytes && out.wireBytes < 0.8 * stream.shape.sizeBytes)
      const { sendUsPerDelivery = 0, receiveUsPerMessage = 0 } = run.more ?? {}
      assert.ok(sendUsPerDelivery > 0) // receiving so little may take less than the system counts
      assert.ok(Math.abs(run.cpuUsPerDelivery - sendUsPerDelivery - receiveUsPerMessage / SUBSCRIBERS) < 0.01)
    })
  }
}
