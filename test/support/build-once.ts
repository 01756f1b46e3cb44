/**
 * Builds a program once for a state of its sources: the file's name carries their hash, and a lock file keeps processes
 * that run side by side from compiling the same thing twice.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const LOCK_POLL_MS = 200
/** End of a compiler's complaint that an error carries. */
const MAX_COMPLAINT_CHARACTERS = 8_000

export interface Build {
  /** The file's is this and the hash of the sources. */
  readonly name: string
  /** Every file in and below it counts; nothing is built in there. */
  readonly sourceDir: string
  readonly buildDir: string
  readonly timeoutMs: number
  /** Writes the program to `file`. */
  readonly make: (file: string) => Promise<void>
}

/** Path of the program, building it when its sources changed. @throws Error with what `make` threw, or past the time */
export async function builtOnce(build: Build): Promise<string> {
  mkdirSync(build.buildDir, { recursive: true })
  const file = fileOf(build)
  const lock = `${file}.lock`
  const deadlineMs = Date.now() + build.timeoutMs
  while (!existsSync(file)) {
    if (takeLock(lock)) {
      try {
        await makeAtOnce(build, file)
      } finally {
        rmSync(lock, { force: true })
      }
    } else if (Date.now() > deadlineMs) throw new Error(`another process holds ${lock}`)
    else await delay(LOCK_POLL_MS)
  }
  return file
}

/** Whether the program is there as its sources are now. */
export function isBuilt(build: Build): boolean {
  return existsSync(fileOf(build))
}

function fileOf({ name, sourceDir, buildDir }: Build): string {
  return join(buildDir, `${name}-${sourceHash(sourceDir)}`)
}

export interface Compilation {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly timeoutMs: number
}

/** Runs a compiler. @throws Error with the end of its complaint when it fails */
export async function compile({ command, args, cwd, timeoutMs }: Compilation): Promise<void> {
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-MAX_COMPLAINT_CHARACTERS)
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject).once('close', resolve)
  const code = await promise
  if (code !== 0) throw new Error(`${command} ${args[0] ?? ''} failed (${code}):\n${complaint}`)
}

function sourceHash(sourceDir: string): string {
  const hash = createHash('sha256')
  const files = readdirSync(sourceDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const file of files.sort()) {
    hash.update(file.slice(sourceDir.length)).update('\0').update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

/** True when the lock is ours now; one whose holder is gone is removed for the next try. */
function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    const holder = Number(readIfThere(lock))
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true })
    return false
  }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** The file is there whole or not at all. */
async function makeAtOnce(build: Build, file: string): Promise<void> {
  const unfinished = `${file}.${process.pid}`
  await build.make(unfinished)
  renameSync(unfinished, file)
  removeOthers(build, basename(file))
}

/** Programs of earlier sources: tens of MB each. */
function removeOthers({ name, buildDir }: Build, current: string): void {
  const ofThisName = new RegExp(`^${name}-[0-9a-f]{16}$`)
  for (const other of readdirSync(buildDir)) {
    if (ofThisName.test(other) && other !== current) rmSync(join(buildDir, other), { force: true })
  }
}
