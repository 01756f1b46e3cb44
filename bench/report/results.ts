/** The results that a report is made of: of each bench the newest file. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchResult } from '../run-record.ts'
import { type IdleResult, type LevelsResult, parseContent, type SwitchResult } from './result-schema.ts'

/** A file's contents with its name. */
export interface Filed<Result> {
  /** `2026-11-21-chain-blind.json` */
  readonly file: string
  /** What comes after the date: `chain-blind`. */
  readonly name: string
  readonly result: Result
}

export interface Results {
  /** By name, so that `chain` comes before `chain-blind`. */
  readonly runs: readonly Filed<BenchResult>[]
  readonly levels: readonly Filed<LevelsResult>[]
  readonly switches: readonly Filed<SwitchResult>[]
  readonly idle: readonly Filed<IdleResult>[]
  /** Files of a shape that this report does not know. */
  readonly unread: readonly string[]
}

const FILE_NAME = /^\d{4}-\d{2}-\d{2}-(.+)\.json$/

/** Files by name with what is in them. */
export type ResultFiles = Readonly<Record<string, unknown>>

/** @throws Error when the folder cannot be read, SyntaxError for what is no JSON */
export function readResultFiles(directory: string): ResultFiles {
  const names = readdirSync(directory).filter((name) => FILE_NAME.test(name))
  return Object.fromEntries(names.map((name) => [name, JSON.parse(readFileSync(join(directory, name), 'utf8'))]))
}

/** Of files that differ only in their date the one with the latest is taken. */
export function chooseResults(files: ResultFiles): Results {
  const newest = new Map<string, { readonly file: string; readonly json: unknown }>()
  for (const file of Object.keys(files).sort()) {
    const name = FILE_NAME.exec(file)?.[1]
    if (name !== undefined) newest.set(name, { file, json: files[file] })
  }
  const found = [...newest]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, { file, json }]) => ({ name, file, content: parseContent(json) }))
  return {
    runs: found.flatMap(({ content, ...about }) => (content?.shape === 'runs' ? [{ ...about, ...content }] : [])),
    levels: found.flatMap(({ content, ...about }) => (content?.shape === 'levels' ? [{ ...about, ...content }] : [])),
    switches: found.flatMap(({ content, ...about }) => (content?.shape === 'switch' ? [{ ...about, ...content }] : [])),
    idle: found.flatMap(({ content, ...about }) => (content?.shape === 'idle' ? [{ ...about, ...content }] : [])),
    unread: found.filter(({ content }) => content === undefined).map(({ file }) => file),
  }
}

/** The files of a bench: `chain`, then `chain-blind` and the like. */
export function filesOf(results: Results, bench: string): readonly Filed<BenchResult>[] {
  return results.runs.filter(({ name }) => name === bench || name.startsWith(`${bench}-`))
}
