import { ConfigError } from '../config/config-error.ts'
import { loadConfig } from '../config/load.ts'
import type { RelayConfig } from '../config/schema.ts'

/** The configuration of this process, or undefined after everything wrong with it went to stderr, one problem a line. */
export function readConfig(argv: readonly string[]): RelayConfig | undefined {
  try {
    return loadConfig({ argv, env: process.env, isTty: process.stdout.isTTY === true, cwd: process.cwd() })
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    for (const { source, message } of cause.problems) process.stderr.write(`starling: ${source}: ${message}\n`)
    return undefined
  }
}
