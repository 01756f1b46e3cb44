import type { JobResult, PoolClient } from '../../../../../src/validation-pool/client.ts'
import type { JobInput, JobName } from '../../../../../src/validation-pool/job-table.ts'

interface HeldJob {
  readonly job: JobName
  readonly input: JobInput<JobName>
  readonly finish: (result: JobResult<JobName>) => void
}

/** A pool whose jobs are kept until a test answers them: what is asked of the thread, and in what order. */
export class ManualPool implements Pick<PoolClient, 'run'> {
  readonly jobs: HeldJob[] = []

  run<N extends JobName>(job: N, input: JobInput<N>): Promise<JobResult<N>> {
    return new Promise((resolve) => {
      // The test answers with what belongs to the job.
      this.jobs.push({ job, input, finish: resolve as HeldJob['finish'] })
    })
  }

  /** Answers the job that is under way, and lets what waits go on. */
  async finish(result: JobResult<JobName>): Promise<void> {
    this.jobs.at(-1)?.finish(result)
    for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  }
}
