/** Who spams, and how. Each role is a way of being wrong; a crew is some of each. */
import { compressBlock } from '../../src/consensus/snappy/snappy-block.ts'
import { alteredCopy, bomb, forgedAggregate, forgedBlock, junkVote, strayColumn } from './forgeries.ts'
import type { ForgersView, TrueBlock } from './forgers-view.ts'

/** What a spammer knows of the network and of itself. */
export interface SpamScene {
  readonly view: ForgersView
  /** Topics that the relay takes, by gossip name. */
  readonly topics: ReadonlyMap<string, string>
  /** Tells spammers of a role apart, from 0. */
  readonly rank: number
}

export interface Publication {
  readonly topic: string
  /** Compressed. */
  readonly data: Uint8Array
}

export interface SpamRole {
  readonly name: string
  /**
   * What shows that a message of it is wrong: its bytes, or the key of the proposer. Without keys nobody can tell the
   * second kind from an honest peer.
   */
  readonly proof: 'bytes' | 'key'
  /** Made once a spammer; asked five times a second what to send now, at the `nth` time. */
  readonly begin: (scene: SpamScene) => (nth: number) => readonly Publication[]
}

/** No registry is as long: VALIDATOR_REGISTRY_LIMIT (specs/phase0/beacon-chain.md). */
const REGISTRY_LIMIT = 2 ** 40
/** A block may come so long before its slot: MAXIMUM_GOSSIP_CLOCK_DISPARITY is 500 ms. */
const TWIN_LEAD_MS = 400
/** Forged blocks of a slot by one spammer. */
const TWINS = 3

function blocks(scene: SpamScene, ssz: readonly Uint8Array[]): readonly Publication[] {
  const topic = scene.topics.get('beacon_block')
  return topic === undefined ? [] : ssz.map((bytes) => ({ topic, data: compressBlock(bytes) }))
}

/** A role whose messages are made of the newest true block, when there is one. */
function ofBlock(make: (scene: SpamScene, latest: TrueBlock, nth: number) => readonly Uint8Array[]): SpamRole['begin'] {
  return (scene) => (nth) => {
    const { latest } = scene.view
    return latest === undefined ? [] : blocks(scene, make(scene, latest, nth))
  }
}

function disguised(scene: SpamScene, latest: TrueBlock, slot: number, proposerIndex: number, mark: string): Uint8Array {
  const timestamp = scene.view.timestampOf(slot)
  return forgedBlock(latest.block, { slot, proposerIndex, parentRoot: latest.root, timestamp, mark })
}

/** Blocks of proposers that cannot be: what mainnet saw in August 2026 (Lodestar #9925). */
const impossibleProposer: SpamRole = {
  name: 'impossible proposer',
  proof: 'bytes',
  begin: ofBlock((scene, latest, nth) => [
    disguised(scene, latest, scene.view.slot, REGISTRY_LIMIT + nth, `impossible ${scene.rank}`),
  ]),
}

/** A validator, but not the one whose turn it is. */
const wrongProposer: SpamRole = {
  name: 'wrong proposer',
  proof: 'key',
  begin: ofBlock((scene, latest, nth) => {
    const { slot, pair } = scene.view
    const proposer = ((scene.view.proposerOf(slot) ?? 0) + 1 + (nth % (pair.validators - 1))) % pair.validators
    return [disguised(scene, latest, slot, proposer, `wrong ${scene.rank}.${nth}`)]
  }),
}

const futureSlot: SpamRole = {
  name: 'future slot',
  proof: 'bytes',
  begin: ofBlock((scene, latest, nth) => {
    const slot = scene.view.slot + 2 + nth * 7
    return [disguised(scene, latest, slot, nth % scene.view.pair.validators, `future ${scene.rank}`)]
  }),
}

/** The block of the slot before it is there: slot, proposer and parent are true, and so it comes first. */
const forgedTwin: SpamRole = {
  name: 'forged twin',
  proof: 'key',
  begin: (scene) => onceASlot(scene, TWINS, (slot, nth) => `twin ${scene.rank} of ${slot}.${nth}`),
}

/** The same from two that differ in network and agent: two sources for a corroborator. */
const colludingTwin: SpamRole = {
  name: 'colluding twin',
  proof: 'key',
  begin: (scene) => onceASlot(scene, TWINS, (slot, nth) => `colluding, of ${slot}.${nth}`),
}

function onceASlot(
  scene: SpamScene,
  count: number,
  markOf: (slot: number, nth: number) => string,
): (nth: number) => readonly Publication[] {
  let done = Number.NEGATIVE_INFINITY
  return () => {
    const { view } = scene
    const { latest } = view
    const slot = view.slot + 1
    const proposer = view.proposerOf(slot)
    if (slot === done || view.msToNextSlot > TWIN_LEAD_MS || latest === undefined || proposer === undefined) return []
    done = slot
    const forge = (_: unknown, nth: number): Uint8Array => disguised(scene, latest, slot, proposer, markOf(slot, nth))
    return blocks(scene, Array.from({ length: count }, forge))
  }
}

/** The true block, as soon as it is there, with some bytes altered. */
const alteredDuplicate: SpamRole = {
  name: 'altered duplicate',
  proof: 'key',
  begin: ofBlock((scene, { slot, block }, nth) =>
    slot === scene.view.slot ? [alteredCopy(block, nth, `altered ${scene.rank}.${nth}`)] : [],
  ),
}

const decompressionBomb: SpamRole = {
  name: 'decompression bomb',
  proof: 'bytes',
  begin: (scene) => (nth) => {
    const topic = scene.topics.get(['beacon_block', 'voluntary_exit'][nth % 2] ?? '')
    return topic === undefined ? [] : [{ topic, data: bomb(nth) }]
  },
}

const wrongSubnet: SpamRole = {
  name: 'wrong subnet',
  proof: 'bytes',
  begin: (scene) => (nth) => {
    const columns = [...scene.topics].filter(([name]) => name.startsWith('data_column_sidecar_'))
    const [name = '', topic] = columns[nth % Math.max(1, columns.length)] ?? []
    if (topic === undefined) return []
    const subnet = Number(name.split('_').at(-1))
    return [{ topic, data: compressBlock(strayColumn(subnet, scene.view.slot, nth)) }]
  },
}

const junkVotes: SpamRole = {
  name: 'junk votes',
  proof: 'bytes',
  begin: (scene) => (nth) => {
    const { view } = scene
    const subnets = [...scene.topics].filter(([name]) => name.startsWith('beacon_attestation_'))
    const [, topic] = subnets[nth % Math.max(1, subnets.length)] ?? []
    if (topic === undefined || view.latest === undefined) return []
    const head = { slot: view.slot, root: view.latest.root }
    return [{ topic, data: compressBlock(junkVote(head, view.pair.network.slotsPerEpoch, nth)) }]
  },
}

const AGGREGATE_FORGERS_COUNT = 2

/**
 * Two more, whose aggregates nobody has signed: right in all that needs no key. With keys the relay finds them out; without
 * any it has those of new peers wait for another peer, and each of these has its own.
 */
export const AGGREGATE_FORGERS: readonly (readonly [SpamRole, number])[] = [
  [
    {
      name: 'forged aggregates',
      proof: 'key',
      begin: (scene) => (nth) => {
        const { view } = scene
        const topic = scene.topics.get('beacon_aggregate_and_proof')
        if (topic === undefined || view.latest === undefined) return []
        const aggregator = (nth * AGGREGATE_FORGERS_COUNT + scene.rank) % view.pair.validators
        const aggregate = forgedAggregate(view.latest, view.pair.network.slotsPerEpoch, aggregator)
        return [{ topic, data: compressBlock(aggregate) }]
      },
    },
    AGGREGATE_FORGERS_COUNT,
  ],
]

/** Twenty. */
export const WHOLE_CREW: readonly (readonly [SpamRole, number])[] = [
  [impossibleProposer, 2],
  [wrongProposer, 2],
  [futureSlot, 2],
  [forgedTwin, 3],
  [colludingTwin, 2],
  [alteredDuplicate, 3],
  [decompressionBomb, 2],
  [wrongSubnet, 2],
  [junkVotes, 2],
]
