import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigError, type ConfigProblem } from '../../../src/config/config-error.ts'
import { type ConfigInput, loadConfig } from '../../../src/config/load.ts'
import type { RelayConfig } from '../../../src/config/schema.ts'

/** Loads from flags alone unless told otherwise: no environment, no terminal, the test's own working directory. */
export function load(argv: readonly string[], input: Partial<ConfigInput> = {}): RelayConfig {
  return loadConfig({ argv, env: {}, isTty: false, cwd: process.cwd(), ...input })
}

/** The problems of a configuration that must not load. */
export function problemsOf(argv: readonly string[], input: Partial<ConfigInput> = {}): readonly ConfigProblem[] {
  try {
    load(argv, input)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  throw new Error(`loaded without a problem: ${argv.join(' ')}`)
}

/** The problems as `source: message` lines. */
export function problemLines(argv: readonly string[], input: Partial<ConfigInput> = {}): string[] {
  return problemsOf(argv, input).map(({ source, message }) => `${source}: ${message}`)
}

/** A directory that is gone at the end of the scope; `write` puts a file into it and answers its path. */
export function scratchDirectory(): Disposable & { path: string; write(name: string, text: string): string } {
  const path = mkdtempSync(join(tmpdir(), 'starling-config-'))
  return {
    path,
    write(name, text) {
      const file = join(path, name)
      writeFileSync(file, text)
      return file
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  }
}
