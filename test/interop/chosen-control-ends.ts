/**
 * Inside a network namespace whose TCP is controlled by BBR: a relay, a Go peer that is near and one a far link away. Prints how
 * long blocks take from the near one to the far one, when they come as rarely as in slots.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { FAR_RANGE, FarLink } from '../../bench/macro/far-link.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { joinFrom, startGoPeer, topicOf } from './setup.ts'

const BLOCK_BYTES = 120_000
/** The first ones grow the window. */
const GROWING_BLOCKS = 4
const MEASURED_BLOCKS = 5
const PERIOD_MS = 1_000

const [roundTripMs, ...flags] = process.argv.slice(2)
await using link = await FarLink.open({ roundTripMs: Number(roundTripMs), congestionControl: 'bbr' })
await using relay = await StarlingProcess.start({
  flags: [
    ...['--topics', 'beacon_block', '--attestation-subnets', 'none', '--validation', 'none'],
    ...['--ip-limit-exempt', FAR_RANGE, '--max-latency-ms', '60000'],
    ...flags,
  ],
})
const topic = await topicOf(relay, 'beacon_block')
await using far = await startGoPeer(relay, { transports: ['tcp'] })
await using near = await startGoPeer(relay, { transports: ['tcp'] })

async function passMs(): Promise<number> {
  const sentMs = performance.now()
  const { id } = await near.publish(topic, { sizeBytes: BLOCK_BYTES })
  await far.waitForMessage(id)
  const ms = performance.now() - sentMs
  await sleep(PERIOD_MS)
  return ms
}

await joinFrom(relay, topic, near, relay.address('tcp'))
await joinFrom(relay, topic, far, link.farAddress(relay.address('tcp')))
const blocksMs: number[] = []
for (let block = 0; block < GROWING_BLOCKS + MEASURED_BLOCKS; block++) blocksMs.push(await passMs())
process.stdout.write(JSON.stringify(blocksMs.slice(GROWING_BLOCKS)))
