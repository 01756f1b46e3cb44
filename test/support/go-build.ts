/**
 * Builds the Go peer of test/interop/go-peer, once for a state of its sources: the binary's name carries their hash,
 * and a lock file keeps test files that run side by side from compiling the same thing twice.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const SOURCE_DIR = fileURLToPath(new URL('../interop/go-peer/', import.meta.url))
const BUILD_DIR = fileURLToPath(new URL('../interop/.build/', import.meta.url))
/** Outside the Go module, so that `go version` does not first fetch the toolchain its go.mod names. */
const OUTSIDE_MODULE = fileURLToPath(new URL('../', import.meta.url))
/** The first release that reads a `go 1.26.0` line and fetches that toolchain by itself. */
const OLDEST_GO_MINOR = 21
/** A cold build downloads and compiles about 300 packages. */
const BUILD_TIMEOUT_MS = 600_000
const LOCK_POLL_MS = 200

/** Why the Go peer cannot be had here, or `false`: the value node:test's `skip` takes. */
export function goSkipReason(): string | false {
  const found = spawnSync('go', ['version'], { encoding: 'utf8', cwd: OUTSIDE_MODULE })
  if (found.error !== undefined || found.status !== 0) return 'Go is not on PATH: the interop peer cannot be built'
  const minor = /\bgo1\.(\d+)/.exec(found.stdout)?.[1]
  if (minor !== undefined && Number(minor) < OLDEST_GO_MINOR) {
    return `Go 1.${minor} is too old for the interop peer, which needs 1.${OLDEST_GO_MINOR} or newer`
  }
  return false
}

/** Path of the built peer, building it when its sources changed. @throws Error with the compiler's output */
export async function goPeerBinary(): Promise<string> {
  mkdirSync(BUILD_DIR, { recursive: true })
  const binary = join(BUILD_DIR, `go-peer-${sourceHash()}`)
  const lock = `${binary}.lock`
  const deadlineMs = Date.now() + BUILD_TIMEOUT_MS
  while (!existsSync(binary)) {
    if (takeLock(lock)) {
      try {
        await build(binary)
      } finally {
        rmSync(lock, { force: true })
      }
    } else if (Date.now() > deadlineMs) throw new Error(`another process holds ${lock}`)
    else await delay(LOCK_POLL_MS)
  }
  return binary
}

function sourceHash(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(SOURCE_DIR).sort()) {
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(SOURCE_DIR, name)))
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

async function build(binary: string): Promise<void> {
  const unfinished = `${binary}.${process.pid}`
  const child = spawn('go', ['build', '-trimpath', '-buildvcs=false', '-p', '2', '-o', unfinished, '.'], {
    cwd: SOURCE_DIR,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: BUILD_TIMEOUT_MS,
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-8_000)
  })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject).once('close', resolve)
  const code = await promise
  if (code !== 0) throw new Error(`go build failed (${code}):\n${complaint}`)
  renameSync(unfinished, binary)
  removeOthers(basename(binary))
}

/** Binaries of earlier sources: 35 MB each. */
function removeOthers(current: string): void {
  for (const name of readdirSync(BUILD_DIR)) {
    if (/^go-peer(-[0-9a-f]{16})?$/.test(name) && name !== current) rmSync(join(BUILD_DIR, name), { force: true })
  }
}
