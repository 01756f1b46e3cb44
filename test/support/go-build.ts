/** Builds Go programs: the peer of test/interop/go-peer, and what else the benches need. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Build, builtOnce, compile } from './build-once.ts'

const SOURCE_DIR = fileURLToPath(new URL('../interop/go-peer/', import.meta.url))
const BUILD_DIR = fileURLToPath(new URL('../interop/.build/', import.meta.url))
/** Outside the Go module, so that `go version` does not first fetch the toolchain its go.mod names. */
const OUTSIDE_MODULE = fileURLToPath(new URL('../', import.meta.url))
/** The first release that reads a `go 1.26.0` line and fetches that toolchain by itself. */
const OLDEST_GO_MINOR = 21
/** A cold build downloads and compiles about 300 packages. */
const BUILD_TIMEOUT_MS = 600_000

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
export function goPeerBinary(): Promise<string> {
  return builtOnce(goBuild('go-peer', SOURCE_DIR, BUILD_DIR))
}

/** How a Go module becomes a program. */
export function goBuild(name: string, sourceDir: string, buildDir: string): Build {
  const timeoutMs = BUILD_TIMEOUT_MS
  const make = (file: string): Promise<void> => {
    const args = ['build', '-trimpath', '-buildvcs=false', '-p', '2', '-o', file, '.']
    return compile({ command: 'go', args, cwd: sourceDir, timeoutMs })
  }
  return { name, sourceDir, buildDir, timeoutMs, make }
}
