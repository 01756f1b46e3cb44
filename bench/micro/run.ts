/** The per-message work of the hot path, each piece alone. Compare only figures of one run. */
import { bench, do_not_optimize, group, run } from 'mitata'
import { messageId } from '../../src/consensus/message-id.ts'
import { compressBlock, decompressBlock } from '../../src/consensus/snappy-block.ts'
import { createFastMessageId } from '../../src/network-worker/gossip/fast-message-id.ts'
import { halfCompressible } from './half-compressible.ts'

const TOPIC = '/eth2/ca100d64/beacon_block/ssz_snappy'
const SIZES = [240, 120_000]

/** Runs all micro benches. */
export async function runMicro(): Promise<void> {
  const fastMessageId = await createFastMessageId()
  for (const sizeBytes of SIZES) {
    const ssz = halfCompressible(sizeBytes)
    const compressed = compressBlock(ssz)
    group(`${sizeBytes} B (${compressed.length} B compressed)`, () => {
      bench('message id', () => do_not_optimize(messageId(TOPIC, compressed, ssz, 'fulu')))
      bench('fast id', () => do_not_optimize(fastMessageId(TOPIC, compressed)))
      bench('decompress', () => do_not_optimize(decompressBlock(compressed, 0, sizeBytes)))
      bench('compress', () => do_not_optimize(compressBlock(ssz)))
    })
  }
  await run({ colors: process.stdout.isTTY })
}
