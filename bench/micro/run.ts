/** The per-message work of the hot path, each piece alone. Compare only figures of one run. */
import { type Hasher, setHasher } from '@chainsafe/persistent-merkle-tree'
import { hasher as wasm } from '@chainsafe/persistent-merkle-tree/hasher/as-sha256'
import { hasher as native } from '@chainsafe/persistent-merkle-tree/hasher/hashtree'
import { hasher as javaScript } from '@chainsafe/persistent-merkle-tree/hasher/noble'
import { bench, do_not_optimize, group, run } from 'mitata'
import { messageId } from '../../src/consensus/message-id.ts'
import { compressBlock, decompressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import { createFastMessageId } from '../../src/network-worker/gossip/ids/fast-message-id.ts'
import { blockRoot } from '../../src/validation-pool/jobs/block-root.ts'
import { halfCompressible } from '../payloads/half-compressible.ts'
import { madeBlock } from '../payloads/made-block.ts'
import { runMuxerBench } from './muxers.ts'
import { runNoiseBench } from './noise.ts'
import { addOpenPayloadBench, runColdOpenPayloadBench } from './open-payload.ts'
import { runTierZeroBench } from './tier-zero.ts'

const TOPIC = '/eth2/ca100d64/beacon_block/ssz_snappy'
const BLOCK_BYTES = 120_000
const SIZES = [240, BLOCK_BYTES]
const HASHERS: Readonly<Record<string, Hasher>> = { 'JavaScript, the default': javaScript, WebAssembly: wasm, native }

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
  group(`a block of ${BLOCK_BYTES} B`, () => {
    const block = madeBlock(BLOCK_BYTES)
    const compressed = compressBlock(block)
    for (const [name, hasher] of Object.entries(HASHERS)) {
      bench(`root, ${name}`, () => {
        setHasher(hasher)
        do_not_optimize(blockRoot('fulu', block))
      })
    }
    bench('handed to another thread', () => {
      const copy = new Uint8Array(compressed)
      do_not_optimize(structuredClone(copy, { transfer: [copy.buffer] }))
    })
  })
  addOpenPayloadBench()
  await run({ colors: process.stdout.isTTY })
  await runColdOpenPayloadBench()
  await runNoiseBench()
  await runMuxerBench()
  runTierZeroBench()
}
