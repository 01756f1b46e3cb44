/** The relay as a process that is stopped, killed and started again on one data directory. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { type Child, quietFlags, starling } from '../e2e/process/child.ts'
import type { Request } from './access-model-calls.ts'

const DATABASE_FILES = ['starling.db', 'starling.db-wal']
const REQUEST_TIMEOUT_MS = 10_000

export interface Reply {
  readonly status: number
  readonly body: unknown
}

/** Flags of a relay for blocks alone, with a data directory that goes when the test ends, and a ban file in it. */
export function modelFlags(t: TestContext, bannedPeers: readonly string[] = []): readonly string[] {
  const flags = quietFlags(t)
  const banFile = join(dataDirOf(flags), 'bans.txt')
  writeFileSync(banFile, ['# by name', ...bannedPeers, ''].join('\n'))
  return [...flags, '--no-quic', '--topics', 'beacon_block', '--ban-peers-file', banFile]
}

function dataDirOf(flags: readonly string[]): string {
  return String(flags[flags.indexOf('--data-dir') + 1])
}

export class ModelRelay {
  readonly peerId: string
  readonly enr: string
  /** A multiaddr with `/p2p/`. */
  readonly address: string
  readonly #child: Child
  readonly #api: string

  private constructor(child: Child, line: Readonly<Record<string, unknown>>) {
    this.#child = child
    this.peerId = String(line['peer_id'])
    this.enr = String(line['enr'])
    this.address = (line['addresses'] as readonly string[])[0] ?? ''
    this.#api = String(line['api'])
  }

  static async start(t: TestContext, flags: readonly string[]): Promise<ModelRelay> {
    const child = starling(t, ['run', ...flags])
    return new ModelRelay(child, await child.line('relay started'))
  }

  /** Sends a request and waits for its JSON answer. @throws when the process dies before it */
  async send({ method, path, json }: Request): Promise<Reply> {
    const response = await fetch(`${this.#api}${path}`, {
      method,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
    })
    return { status: response.status, body: await response.json() }
  }

  /** The body of a GET that succeeds. */
  async read<Body>(path: string): Promise<Body> {
    const { status, body } = await this.send({ method: 'GET', path })
    assert.equal(status, 200, `GET ${path}: ${JSON.stringify(body)}`)
    return body as Body
  }

  /** Log lines of level error or worse. */
  get complaints(): readonly unknown[] {
    return this.#child.log.filter(({ level }) => level === 'error' || level === 'fatal')
  }

  /** SIGTERM; the exit has to be a clean one. */
  async stop(): Promise<void> {
    this.#child.process.kill('SIGTERM')
    assert.equal((await this.#child.end()).code, 0)
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#child.process.kill('SIGKILL')
    assert.equal((await this.#child.end()).code, 'SIGKILL')
  }
}

/** Reads the database that a relay has left, with what its log still holds, from a copy: the files stay as they are. */
export function readLeftDatabase<T>(flags: readonly string[], read: (database: DatabaseSync) => T): T {
  const dataDir = dataDirOf(flags)
  const copy = mkdtempSync(join(tmpdir(), 'starling-copy-'))
  try {
    for (const file of DATABASE_FILES) cpSync(join(dataDir, file), join(copy, file), { force: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error // an orderly stop leaves no log
  }
  const database = new DatabaseSync(join(copy, 'starling.db'))
  try {
    return read(database)
  } finally {
    database.close()
    rmSync(copy, { recursive: true, force: true })
  }
}
