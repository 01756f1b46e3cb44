/** Builds the relays that Starling is measured beside, once for a state of their sources. */
import { spawnSync } from 'node:child_process'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Build, builtOnce, compile, isBuilt } from '../../test/support/build-once.ts'
import { goBuild, goSkipReason } from '../../test/support/go-build.ts'

const GO_SOURCE_DIR = fileURLToPath(new URL('go-relay/', import.meta.url))
const RUST_SOURCE_DIR = fileURLToPath(new URL('rust-relay/', import.meta.url))
const BUILD_DIR = fileURLToPath(new URL('../.build/', import.meta.url))
/** As rust-relay/.cargo/config.toml says. Kept, so that after a change of the relay its 300 crates stay compiled. */
const RUST_TARGET_DIR = join(BUILD_DIR, 'rust-target')
/** The first release that libp2p 0.57 compiles with (its rust-version). */
const OLDEST_RUST_MINOR = 88
/** A cold build downloads and compiles about 300 crates: 3 minutes on two free cores. */
const RUST_BUILD_TIMEOUT_MS = 1_800_000

export type PeerRelay = 'go' | 'rust'

const BUILDS: Readonly<Record<PeerRelay, Build>> = {
  go: goBuild('go-relay', GO_SOURCE_DIR, BUILD_DIR),
  rust: {
    name: 'rust-relay',
    sourceDir: RUST_SOURCE_DIR,
    buildDir: BUILD_DIR,
    timeoutMs: RUST_BUILD_TIMEOUT_MS,
    make: makeRustRelay,
  },
}

/** Path of a relay, building it when its sources changed. @throws Error with why that cannot be done */
export async function relayBinary(relay: PeerRelay): Promise<string> {
  const reason = missingCompiler(relay)
  if (reason !== undefined) throw new Error(reason)
  return await builtOnce(BUILDS[relay])
}

/** Whether a relay need not be built first. */
export function isRelayBuilt(relay: PeerRelay): boolean {
  return isBuilt(BUILDS[relay])
}

/** Why a relay cannot be built here; undefined when it can. */
export function missingCompiler(relay: PeerRelay): string | undefined {
  return (relay === 'go' ? goSkipReason() : rustSkipReason()) || undefined
}

function rustSkipReason(): string | false {
  const found = spawnSync('cargo', ['--version'], { encoding: 'utf8' })
  if (found.error !== undefined || found.status !== 0) {
    return 'cargo is not on PATH: the Rust relay cannot be built (https://rustup.rs); --relays starling,go leaves it out'
  }
  const minor = /\b1\.(\d+)/.exec(found.stdout)?.[1]
  if (minor !== undefined && Number(minor) < OLDEST_RUST_MINOR) {
    return `cargo 1.${minor} is too old for the Rust relay, which needs 1.${OLDEST_RUST_MINOR} or newer`
  }
  return false
}

async function makeRustRelay(file: string): Promise<void> {
  const args = ['build', '--release', '--locked', '--jobs', '2']
  await compile({ command: 'cargo', args, cwd: RUST_SOURCE_DIR, timeoutMs: RUST_BUILD_TIMEOUT_MS })
  copyFileSync(join(RUST_TARGET_DIR, 'release', 'rust-relay'), file)
}
