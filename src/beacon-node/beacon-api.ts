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
  validatorsShape,
} from './answer-shapes.ts'
import { type Ask, BeaconHttp, BeaconNodeError, type FailureKind, type HttpOptions } from './http-answer.ts'
import type { Duty, Head } from './node-facts.ts'
import { keysOfRecords, keysOfSsz } from './validator-identities.ts'

const JSON_TYPE = 'application/json'
const SSZ_TYPE = 'application/octet-stream'

/** Many times the largest of these answers, which is the specification with some 20 kB. */
const MAX_JSON_BYTES = 1024 * 1024
/** Identities asked for at once: 512 KiB as SSZ, 1.4 MB as JSON. */
export const IDENTITIES_AT_ONCE = 8192
const MAX_IDENTITIES_BYTES = 4 * 1024 * 1024
/** Whole validators take half a kB each. */
const MAX_VALIDATORS_BYTES = 8 * 1024 * 1024

/** A node that does not have a route says one of these. */
const NO_ROUTE: ReadonlySet<FailureKind> = new Set(['not_found', 'refused'])
/** And some that have it fail at what they cannot answer. */
const NO_ANSWER: ReadonlySet<FailureKind> = new Set([...NO_ROUTE, 'server_error'])

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

  /**
   * Who proposes in an epoch; by the standard a node answers for its current and the next one. Some versions answer for the
   * next one by the route's second form only, which differs in what is not read here.
   */
  async duties(epoch: number): Promise<readonly Duty[]> {
    const { data } = await either(
      () => this.#get(`/eth/v1/validator/duties/proposer/${epoch}`, dutiesShape),
      () => this.#get(`/eth/v2/validator/duties/proposer/${epoch}`, dutiesShape),
      NO_ANSWER,
    )
    return data.map(({ slot, validator_index, pubkey }) => ({
      slot,
      validatorIndex: validator_index,
      pubkeyHex: pubkey,
    }))
  }

  /**
   * The keys of `count` finalized validators from index `first`, one behind the other; fewer where there are no more.
   * `count` is at most {@link IDENTITIES_AT_ONCE}. Of a node without the route for just that it is whole validators.
   */
  async pubkeys(first: number, count: number): Promise<Uint8Array> {
    const ids = Array.from({ length: count }, (_, index) => String(first + index))
    const keys = await either(
      () => this.#identities(ids, first),
      () => this.#validators(ids, first),
      NO_ROUTE,
    )
    if (keys === undefined) throw new BeaconNodeError('bad_answer', 'validators: not those asked for')
    return keys
  }

  async #identities(ids: readonly string[], first: number): Promise<Uint8Array | undefined> {
    const path = '/eth/v1/beacon/states/finalized/validator_identities'
    const accept = [SSZ_TYPE, JSON_TYPE]
    const { type, bytes } = await this.#http.ask({ path, json: ids, accept, maxBytes: MAX_IDENTITIES_BYTES })
    if (type === SSZ_TYPE) return keysOfSsz(bytes, first, ids.length)
    return keysOfRecords(parse(path, bytes, identitiesShape).data, first, ids.length)
  }

  async #validators(ids: readonly string[], first: number): Promise<Uint8Array | undefined> {
    const path = '/eth/v1/beacon/states/finalized/validators'
    const { bytes } = await this.#http.ask({
      ...{ path, json: { ids }, accept: [JSON_TYPE], maxBytes: MAX_VALIDATORS_BYTES },
    })
    const { data } = parse(path, bytes, validatorsShape)
    const records = data.map(({ index, validator }) => ({ index, pubkey: validator.pubkey }))
    return keysOfRecords(records, first, ids.length)
  }

  async #get<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.output<Shape>> {
    const ask: Ask = { path, accept: [JSON_TYPE], maxBytes: MAX_JSON_BYTES }
    return parse(path, (await this.#http.ask(ask)).bytes, shape)
  }
}

/** The second where the node refuses the first as one of `refusals`; refused twice, the first refusal is the reason. */
async function either<Value>(
  first: () => Promise<Value>,
  second: () => Promise<Value>,
  refusals: ReadonlySet<FailureKind>,
): Promise<Value> {
  const isRefusal = (error: unknown): boolean => error instanceof BeaconNodeError && refusals.has(error.kind)
  try {
    return await first()
  } catch (refusal) {
    if (!isRefusal(refusal)) throw refusal
    return await second().catch((error: unknown) => {
      throw isRefusal(error) ? refusal : error
    })
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
