import type { TestContext } from 'node:test'
import pino from 'pino'
import { compressSync } from 'snappy'
import type { PresetName } from '../../../src/consensus/network-config.ts'
import { type JobResult, PoolClient } from '../../../src/validation-pool/client.ts'
import type { BlockFactsInput } from '../../../src/validation-pool/job-table.ts'
import { FakeClock } from '../../support/fake-clock.ts'

/** What faulty-pool-worker.ts is told to do. */
export const FAULTS = { throw: 't', exit: 'e', uncaught: 'u', memory: 'm', busy: 'b', none: '-' } as const
export type Fault = keyof typeof FAULTS

export const FAULTY_WORKER = new URL('./faulty-pool-worker.ts', import.meta.url)
const MAX_SSZ_BYTES = 10 * 1024 * 1024

export interface PoolOptions {
  readonly preset?: PresetName
  readonly worker?: URL
  readonly niceness?: number
}

/** A client with a clock that stands still and a log that is kept; stopped when the test ends. */
export function openPool(t: TestContext, { preset = 'mainnet', ...options }: PoolOptions = {}) {
  const clock = new FakeClock()
  const log: Record<string, unknown>[] = []
  const pool = new PoolClient({
    preset,
    clock,
    log: pino({ base: null }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    ...options,
  })
  t.after(() => pool.stop())
  /** Bytes of a SignedBeaconBlock, not compressed. */
  const hash = (fork: BlockFactsInput['fork'], ssz: Uint8Array): Promise<JobResult<'block-facts'>> => {
    const data = new Uint8Array(compressSync(Buffer.from(ssz)))
    return pool.run('block-facts', { fork, data, maxSszBytes: MAX_SSZ_BYTES }, [data.buffer])
  }
  /** `ok`, or why not. */
  const tell = async (fault: Fault): Promise<string> => {
    const data = new Uint8Array(Buffer.from(FAULTS[fault]))
    const result = await pool.run('block-facts', { fork: 'fulu', data, maxSszBytes: 1 })
    return result.ok ? 'ok' : result.reason
  }
  return { pool, clock, log, hash, tell }
}
