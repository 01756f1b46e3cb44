/**
 * Inside a network namespace: a relay, a Go peer a far link away that has blocks for whoever asks, and one that is near. Prints
 * how long the far one's first block takes to the near one, and what the relay asked for before.
 */
import { FAR_RANGE, FarLink } from '../../bench/macro/far-link.ts'
import type { RequestEvent } from '../support/go-peer.ts'
import { parseMetrics, seriesValue } from '../support/metrics-text.ts'
import { testNetwork } from '../support/network-directory.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { slotNow } from '../support/unsigned-block.ts'
import { eventually, forkDigestOf, GO_METADATA, joinFrom, startGoPeer, topicOf } from './setup.ts'

const BLOCK_BYTES = 120_000
const SLOT_SECONDS = 2
/** Two slots, and what a busy machine takes. */
const SETTLING_MS = 3 * SLOT_SECONDS * 1_000
const BLOCKS_BY_RANGE = 'beacon_blocks_by_range/2'

export interface FirstBlock {
  readonly ms: number
  readonly asked: readonly Pick<RequestEvent, 'body' | 'error'>[]
  readonly headSlot: number
  readonly answered: number
  readonly bytes: number
}

const [roundTripMs, transport, ...flags] = process.argv.slice(2)
if (transport !== 'tcp' && transport !== 'quic') throw new Error(`no transport: ${transport}`)
await using link = await FarLink.open({ roundTripMs: Number(roundTripMs), congestionControl: 'reno' })
await using relay = await StarlingProcess.start({
  network: testNetwork({ slotSeconds: SLOT_SECONDS }),
  flags: [
    ...['--topics', 'beacon_block', '--attestation-subnets', 'none', '--validation', 'none'],
    ...['--ip-limit-exempt', FAR_RANGE, '--max-latency-ms', '60000'],
    ...flags,
  ],
})
const topic = await topicOf(relay, 'beacon_block')
await using far = await startGoPeer(relay, { transports: [transport] })
await using near = await startGoPeer(relay, { transports: ['tcp'] })
const forkDigest = await forkDigestOf(far, relay)
const { genesisTimeSeconds } = relay.network
const headSlot = slotNow({ genesisTimeSeconds, slotDurationMs: SLOT_SECONDS * 1_000 })
await far.setView({ status: { forkDigest, headSlot }, metadata: GO_METADATA })
await far.serveBlocks(forkDigest, BLOCK_BYTES)

async function requests(): Promise<Pick<FirstBlock, 'answered' | 'bytes'>> {
  const families = parseMetrics(await (await fetch(`${relay.api}/metrics`)).text())
  const answered = seriesValue(families, 'starling_peers_window_requests_total', { outcome: 'answered' }) ?? 0
  return { answered, bytes: seriesValue(families, 'starling_peers_window_request_bytes_total') ?? 0 }
}

await joinFrom(relay, topic, near, relay.address('tcp'))
await joinFrom(relay, topic, far, link.farAddress(relay.address(transport)))
if (flags.length === 0) await eventually('an answer', async () => (await requests()).answered > 0)
else await new Promise((resolve) => setTimeout(resolve, SETTLING_MS))
const sentMs = performance.now()
const { id } = await far.publish(topic, { sizeBytes: BLOCK_BYTES })
await near.waitForMessage(id)
const ms = performance.now() - sentMs
const asked = far.events
  .filter((event) => event.event === 'request')
  .filter(({ protocol }) => protocol === BLOCKS_BY_RANGE)
  .map(({ body, error }) => ({ body, error }))
process.stdout.write(JSON.stringify({ ms, asked, headSlot, ...(await requests()) }))
