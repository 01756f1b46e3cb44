/** Where results go, and what a reader needs to compare them with another run. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BenchResult, BenchRun } from './run-record.ts'

const RESULTS_DIR = fileURLToPath(new URL('./results/', import.meta.url))
const ROOT_DIR = fileURLToPath(new URL('../', import.meta.url))

function git(...args: string[]): string {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT_DIR, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : ''
}

/** The state of the tree and the machine a result belongs to. */
export function environment(): Omit<BenchResult, 'bench' | 'at' | 'options' | 'runs'> {
  return {
    commit: git('rev-parse', '--short=12', 'HEAD') || 'unknown',
    uncommittedSources: git('status', '--porcelain', '--', 'src') !== '',
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
  }
}

/**
 * Writes `<date>-<name>.json`, or `<date>-<name>-<suffix>.json`, replacing the day's earlier one, and says where.
 * @param options what was asked for, as far as it changes the figures
 */
export function writeBenchResult(
  name: string,
  options: Readonly<Record<string, unknown>>,
  runs: readonly BenchRun[],
  suffix = '',
): void {
  const at = new Date().toISOString()
  const result: BenchResult = { bench: name, at, ...environment(), options, runs }
  const file = [at.slice(0, 10), name, suffix].filter(Boolean).join('-')
  write(`${file}.json`, `${JSON.stringify(result, undefined, 2)}\n`)
}

/** Writes `<date>-<name>.json`, replacing the day's earlier one, and says where. */
export function writeResults(name: string, results: object): void {
  const at = new Date().toISOString()
  const text = JSON.stringify({ bench: name, at, ...environment(), ...results }, undefined, 2)
  write(`${at.slice(0, 10)}-${name}.json`, `${text}\n`)
}

function write(file: string, text: string): void {
  const path = join(RESULTS_DIR, file)
  mkdirSync(RESULTS_DIR, { recursive: true })
  writeFileSync(path, text)
  process.stdout.write(`written to ${relative(ROOT_DIR, path)}\n`)
}
