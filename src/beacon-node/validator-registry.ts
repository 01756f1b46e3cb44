/**
 * The validators' keys, from the data directory's file, the genesis state, and the beacon node, which is asked for what
 * is new only: indices grow and keys never change. In the background; readers see keys as they come.
 */
import type { NetworkConfig } from '../consensus/network-config.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import { PUBKEY_BYTES, type ValidatorKeys } from '../shared/validator-keys.ts'
import { type BeaconApi, IDENTITIES_AT_ONCE } from './beacon-api.ts'
import { readGenesisKeys } from './genesis-keys.ts'
import { KeyFile } from './key-file.ts'

export interface RegistryDeps {
  readonly keys: ValidatorKeys
  readonly network: NetworkConfig
  readonly dataDir: string
  /** A genesis state, where the network's directory has one. */
  readonly genesisFile: string | undefined
  /** Absent where the registry was not asked for. */
  readonly api: Pick<BeaconApi, 'pubkeys'> | undefined
  /** Whether the beacon node is of our network and answers. */
  readonly isReady: () => boolean
  readonly clock: Clock
  readonly log: Logger
}

/** How often it is looked whether the node is ready, and the first wait after a failure, which is doubled each time. */
const RETRY_MS = 5_000
/** Some nodes do not have the route at all. */
const MAX_RETRY_MS = 300_000
/** New validators are finalized once an epoch at most. */
const REFRESH_EPOCHS = 1

export class ValidatorRegistry {
  readonly #deps: RegistryDeps
  #file: KeyFile | undefined
  #timer: Disposable | undefined
  #isStopped = false
  #isWhole = false
  #retryMs = RETRY_MS
  /** Why it last failed: said once. */
  #failure: string | undefined
  #work: Promise<void> = Promise.resolve()

  constructor(deps: RegistryDeps) {
    this.#deps = deps
  }

  /** Whether all that the node knows was read, once at least. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** Nothing after a stop. */
  start(): void {
    if (!this.#isStopped) this.#work = this.#begin()
  }

  /** Resolves when nothing is read or written any more; requests under way have to be cut off by their owner. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.[Symbol.dispose]()
    await this.#work
    await this.#file?.[Symbol.asyncDispose]()
  }

  async #begin(): Promise<void> {
    const { api, log } = this.#deps
    try {
      if (api !== undefined) await this.#readFile()
    } catch (err) {
      log.warn({ err }, 'the file of validator keys cannot be used; they are kept in memory only')
      await this.#leaveFile()
      this.#deps.keys.clear()
    }
    await this.#readGenesis()
    if (api !== undefined) this.#again(0)
  }

  async #readFile(): Promise<void> {
    const { dataDir, network, keys, log } = this.#deps
    this.#file = await KeyFile.open(dataDir, network.genesisValidatorsRootHex)
    const { lost } = this.#file
    if (lost > 0) log.warn({ validators: lost }, 'the file of validator keys is damaged; they are fetched anew')
    for await (const piece of this.#file.pieces()) {
      if (this.#isStopped) return
      keys.append(piece)
    }
  }

  /** Keys beyond those of the file. */
  async #readGenesis(): Promise<void> {
    const { genesisFile, network, keys, log } = this.#deps
    if (genesisFile === undefined) return
    let seen = 0
    try {
      for await (const piece of readGenesisKeys(genesisFile, network)) {
        if (this.#isStopped) return
        const known = Math.max(0, keys.count - seen)
        seen += piece.length / PUBKEY_BYTES
        await this.#add(piece.subarray(known * PUBKEY_BYTES))
      }
      log.info({ validators: keys.count }, 'validator keys of the genesis state are known')
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      const why = error instanceof Error ? error.message : String(error)
      // Not every network's directory has one.
      if (isMissing) log.debug('the network directory has no genesis.ssz, and so no validator keys')
      else log.warn({ why }, 'no validator keys of the genesis state')
    }
  }

  #again(delayMs: number): void {
    if (this.#isStopped) return
    this.#timer = this.#deps.clock.after(delayMs, () => {
      this.#work = this.#refresh()
    })
  }

  async #refresh(): Promise<void> {
    const { isReady, network, log, keys } = this.#deps
    if (!isReady()) return this.#again(RETRY_MS)
    const before = keys.count
    try {
      await this.#fetchNew()
    } catch (error) {
      if (!this.#isStopped) this.#failed(error instanceof Error ? error.message : String(error))
      return
    }
    this.#retryMs = RETRY_MS
    this.#failure = undefined
    if (!this.#isWhole || keys.count !== before) log.info({ validators: keys.count }, 'validator keys are complete')
    this.#isWhole = true
    this.#again(REFRESH_EPOCHS * network.slotsPerEpoch * network.slotDurationMs)
  }

  #failed(why: string): void {
    if (why !== this.#failure) this.#deps.log.warn({ why }, 'validator keys could not be fetched')
    this.#failure = why
    this.#again(this.#retryMs)
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2)
  }

  /** Each request begins with the last key known, which must be the same: else what we have is of another chain. */
  async #fetchNew(): Promise<void> {
    const { api, keys } = this.#deps
    while (api !== undefined && !this.#isStopped) {
      const known = keys.count
      const overlap = Math.min(1, known)
      const answer = await api.pubkeys(known - overlap, IDENTITIES_AT_ONCE)
      if (overlap === 1 && !isSame(answer.subarray(0, PUBKEY_BYTES), keys.at(known - 1))) {
        keys.clear()
        await this.#keep((file) => file.clear())
        throw new Error(`the ${known} keys we had are not the beacon node's; they are read anew`)
      }
      await this.#add(answer.subarray(overlap * PUBKEY_BYTES))
      if (answer.length < IDENTITIES_AT_ONCE * PUBKEY_BYTES || keys.count === known) return
    }
  }

  async #add(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return
    const taken = this.#deps.keys.append(piece)
    if (taken > 0) await this.#keep((file) => file.append(piece.subarray(0, taken * PUBKEY_BYTES)))
  }

  /** A file that missed keys in its midst would give validators the keys of others: after a failure it is left. */
  async #keep(change: (file: KeyFile) => Promise<void>): Promise<void> {
    if (this.#file === undefined) return
    try {
      await change(this.#file)
    } catch (err) {
      this.#deps.log.warn({ err }, 'validator keys cannot be written; from now on they are kept in memory only')
      await this.#leaveFile()
    }
  }

  async #leaveFile(): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]().catch(() => undefined)
    this.#file = undefined
  }
}

function isSame(theirs: Uint8Array, ours: Uint8Array | undefined): boolean {
  return ours !== undefined && Buffer.compare(theirs, ours) === 0
}
