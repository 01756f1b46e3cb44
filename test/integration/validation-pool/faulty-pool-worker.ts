/** A pool's worker that does as the first byte of its input says; see `FAULTS` in pool-scene.ts. */
import { setImmediate } from 'node:timers/promises'
import type { BlockFacts, JobCall } from '../../../src/validation-pool/job-table.ts'

const ANSWER: BlockFacts = { slot: 1, proposerIndex: 2, root: '0x00', parentRoot: '0x01' }

export async function runJob({ input }: JobCall<'block-facts'>): Promise<BlockFacts> {
  switch (String.fromCharCode(input.data[0] ?? 0)) {
    case 't':
      throw new Error('told to throw')
    case 'e':
      process.exit(5)
      break
    case 'u':
      queueMicrotask(() => {
        throw new Error('told to throw where nobody waits')
      })
      await setImmediate()
      break
    case 'm': {
      const hoard: string[][] = []
      for (;;) hoard.push(new Array(1_000_000).fill('x'))
    }
    case 'b':
      for (;;); // busy for ever
  }
  return ANSWER
}
