/** The calls of the beacon node API that the relay makes, each typed and bounded. */
import type { z } from 'zod'
import {
  type CheckpointRow,
  dutiesShape,
  type ForkRow,
  finalityShape,
  forkScheduleShape,
  type Genesis,
  genesisShape,
  headerShape,
  identitiesShape,
  rootShape,
  type Syncing,
  specShape,
  syncingShape,
} from './answer-shapes.ts'
import { type Ask, BeaconHttp, BeaconNodeError, type HttpOptions } from './http-answer.ts'
import type { Duty, Head } from './node-facts.ts'
import { keysOfRecords, keysOfSsz } from './validator-identities.ts'

const JSON_TYPE = 'application/json'
const SSZ_TYPE = 'application/octet-stream'

/** Many times the largest of these answers, which is the specification with some 20 kB. */
const MAX_JSON_BYTES = 1024 * 1024
/** Identities asked for at once: 512 KiB as SSZ, 1.4 MB as JSON. */
export const IDENTITIES_AT_ONCE = 8192
const MAX_IDENTITIES_BYTES = 4 * 1024 * 1024

/** Every call @throws BeaconNodeError, and nothing else. */
export class BeaconApi {
  readonly #http: BeaconHttp

  constructor(options: HttpOptions) {
    this.#http = new BeaconHttp(options)
  }

  stop(): void {
    this.#http.stop()
  }

  async genesis(): Promise<Genesis> {
    return (await this.#get('/eth/v1/beacon/genesis', genesisShape)).data
  }

  async spec(): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#get('/eth/v1/config/spec', specShape)).data
  }

  async forkSchedule(): Promise<readonly ForkRow[]> {
    return (await this.#get('/eth/v1/config/fork_schedule', forkScheduleShape)).data
  }

  async syncing(): Promise<Syncing> {
    return (await this.#get('/eth/v1/node/syncing', syncingShape)).data
  }

  async finalized(): Promise<CheckpointRow> {
    return (await this.#get('/eth/v1/beacon/states/head/finality_checkpoints', finalityShape)).data.finalized
  }

  async head(): Promise<Head> {
    const { root, header } = (await this.#get('/eth/v1/beacon/headers/head', headerShape)).data
    return { slot: header.message.slot, rootHex: root }
  }

  /** The root of the block at a slot, undefined for a slot without one. */
  async blockRoot(slot: number): Promise<string | undefined> {
    try {
      return (await this.#get(`/eth/v1/beacon/blocks/${slot}/root`, rootShape)).data.root
    } catch (error) {
      if (error instanceof BeaconNodeError && error.kind === 'not_found') return undefined
      throw error
    }
  }

  /** Who proposes in an epoch; the node answers for its current and the next one. */
  async duties(epoch: number): Promise<readonly Duty[]> {
    const { data } = await this.#get(`/eth/v1/validator/duties/proposer/${epoch}`, dutiesShape)
    return data.map(({ slot, validator_index, pubkey }) => ({
      slot,
      validatorIndex: validator_index,
      pubkeyHex: pubkey,
    }))
  }

  /**
   * The keys of `count` finalized validators from index `first`, one behind the other; fewer where there are no more.
   * `count` is at most {@link IDENTITIES_AT_ONCE}.
   */
  async pubkeys(first: number, count: number): Promise<Uint8Array> {
    const path = '/eth/v1/beacon/states/finalized/validator_identities'
    const json = Array.from({ length: count }, (_, index) => String(first + index))
    const answer = await this.#http.ask({ path, json, accept: [SSZ_TYPE, JSON_TYPE], maxBytes: MAX_IDENTITIES_BYTES })
    const keys =
      answer.type === SSZ_TYPE
        ? keysOfSsz(answer.bytes, first, count)
        : keysOfRecords(parse(path, answer.bytes, identitiesShape).data, first, count)
    if (keys === undefined) throw new BeaconNodeError('bad_answer', `${path}: not the validators asked for`)
    return keys
  }

  async #get<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.output<Shape>> {
    const ask: Ask = { path, accept: [JSON_TYPE], maxBytes: MAX_JSON_BYTES }
    return parse(path, (await this.#http.ask(ask)).bytes, shape)
  }
}

function parse<Shape extends z.ZodType>(path: string, bytes: Uint8Array, shape: Shape): z.output<Shape> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new BeaconNodeError('bad_answer', `${path}: is no JSON`, { cause })
  }
  const result = shape.safeParse(value)
  if (result.success) return result.data
  const where = result.error.issues[0]?.path.join('.') ?? ''
  throw new BeaconNodeError('bad_answer', `${path}: has not the standard's form at ${where.slice(0, 80)}`)
}
