import { RelayError } from '../shared/errors.ts'

/** One thing that is wrong with the configuration. */
export interface ConfigProblem {
  /** Where it was written: `--port`, `STARLING_PORT`, `port in starling.yaml`. */
  readonly source: string
  readonly message: string
}

/** Everything that is wrong with a configuration, at once; the message has one line a problem. Never empty. */
export class ConfigError extends RelayError {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super('CONFIG_INVALID', problems.map(({ source, message }) => `${source}: ${message}`).join('\n'))
    this.problems = problems
  }
}
