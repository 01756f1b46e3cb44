/**
 * A payload opened and named, on the way in of a new message: as the relay does it, and by the library and a hash apart, as it
 * did. In a loop, and after a pause with the caches full of other things, as a block comes.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { bench, do_not_optimize, group } from 'mitata'
import { uncompressSync } from 'snappy'
import type { DigestEntry } from '../../src/consensus/fork-schedule.ts'
import { messageIdHex } from '../../src/consensus/message-id.ts'
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import { PayloadOpener } from '../../src/network-worker/gossip/arrival/payload-opener.ts'
import { createFastMessageId } from '../../src/network-worker/gossip/ids/fast-message-id.ts'
import { realObject } from '../../test/support/real-objects.ts'
import { halfCompressible } from '../payloads/half-compressible.ts'
import { madeBlock } from '../payloads/made-block.ts'
import { median } from '../statistics.ts'

const TOPIC = '/eth2/ca100d64/beacon_block/ssz_snappy'
const BOUNDS = { minSszBytes: 0, maxSszBytes: 10 * 1024 * 1024 }
/** Between blocks at forty a second. */
const PAUSE_MS = 25
const ROUNDS = 40
/** Of memory written in the pause: more than a core's own caches. */
const OTHER_BYTES = 8 * 1024 * 1024

/** One way to do it. */
type Way = (data: Uint8Array) => unknown

function ways(entry: DigestEntry): Readonly<Record<string, Way>> {
  const opener = new PayloadOpener({ topic: TOPIC, entry, ...BOUNDS })
  const fastMessageId = createFastMessageId()
  return {
    'fast id': (data) => fastMessageId(TOPIC, data),
    'opened and named': (data) => {
      const opened = opener.open(data)
      return opened.ok ? opener.idOf(opened.bytes) : undefined
    },
    'the same, library and hash apart': (data) => {
      const payload = uncompressSync(data, { copyOutputData: true })
      return typeof payload === 'string' ? undefined : messageIdHex(TOPIC, payload, 'fulu')
    },
  }
}

function payloads(): Readonly<Record<string, Uint8Array>> {
  return {
    'a vote of 240 B': compressBlock(halfCompressible(240)),
    'a block of 120 kB': compressBlock(madeBlock(120_000)),
    'a real block': realObject('fulu', 'beacon_block').compressed,
    'a real column': realObject('fulu', 'data_column_sidecar').compressed,
    'a real blob': realObject('deneb', 'blob_sidecar').compressed,
  }
}

/** Adds the loops to what mitata runs. */
export function addOpenPayloadBench(): void {
  const { entry } = realObject('fulu', 'beacon_block')
  for (const [name, data] of Object.entries(payloads())) {
    group(`${name}, ${data.length} B compressed`, () => {
      for (const [way, run] of Object.entries(ways(entry))) bench(way, () => do_not_optimize(run(data)))
    })
  }
}

/** Prints what one costs after a pause: medians, the ways in turn. */
export async function runColdOpenPayloadBench(): Promise<void> {
  const { entry } = realObject('fulu', 'beacon_block')
  const others = Buffer.alloc(OTHER_BYTES)
  process.stdout.write(`\nafter a pause of ${PAUSE_MS} ms, caches cold, median µs\n`)
  for (const [name, data] of Object.entries(payloads())) {
    const all = Object.entries(ways(entry))
    const micros = new Map<string, number[]>()
    for (let round = 0; round < ROUNDS; round++) {
      for (const [way, run] of all) {
        await pause(PAUSE_MS)
        others.fill(round)
        const startedNs = process.hrtime.bigint()
        do_not_optimize(run(data))
        const tookUs = Number(process.hrtime.bigint() - startedNs) / 1000
        micros.set(way, [...(micros.get(way) ?? []), tookUs])
      }
    }
    for (const [way, own] of micros) process.stdout.write(`${name}, ${way}: ${median(own).toFixed(1)}\n`)
  }
}
