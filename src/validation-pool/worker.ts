/**
 * What a thread of the pool runs: the table of jobs, each loaded when it is first asked for. The preset of SSZ types is
 * the thread's environment variable LODESTAR_PRESET, which the client sets; it cannot change afterwards.
 */
import { parentPort } from 'node:worker_threads'
import { chooseHasher } from './hasher.ts'
import type { HasherNotice, JobCall, JobName, JobOutput, JobRun } from './job-table.ts'

type JobTable = { readonly [N in JobName]: () => Promise<JobRun<N>> }

const JOBS: JobTable = {
  'block-facts': async () => {
    await hasherChosen()
    return (await import('./jobs/block-facts.ts')).blockFacts
  },
  'verify-signatures': async () => (await import('./jobs/verify-signatures.ts')).verifySignatures,
  'verify-block': async () => {
    await hasherChosen()
    return (await import('./jobs/verify-block.ts')).verifyBlock
  },
  'verify-cells': async () => (await import('./jobs/verify-cells.ts')).verifyCells,
  'verify-blob': async () => (await import('./jobs/verify-blob.ts')).verifyBlob,
}

let chosen: Promise<void> | undefined

/** Before any SSZ type is loaded. The client is told once a thread. */
function hasherChosen(): Promise<void> {
  chosen ??= chooseHasher().then((hasher) => parentPort?.postMessage({ hasher } satisfies HasherNotice))
  return chosen
}

/** Called by piscina for each job. @throws whatever the job's module throws while it loads, and what the job throws */
export async function runJob<N extends JobName>({ job, input }: JobCall<N>): Promise<JobOutput<N>> {
  const run = await JOBS[job]()
  return run(input)
}
