/**
 * A discv5 network of two implementations on 127.0.0.0/8: every node in a /16 of its own, most of them of the relay's
 * network, some of which a relay must not dial. One of them, which serves no libp2p, is the bootnode.
 */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { createForkSchedule, type DigestEntry } from '../../../src/consensus/fork-schedule.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { toHex } from '../../../src/shared/hex.ts'
import { DiscoverySwarm, type SwarmNode, type SwarmNodeOptions } from '../../support/discovery-swarm.ts'
import { eth2Field } from '../../support/discv5-node.ts'
import { goSkipReason } from '../../support/go-build.ts'
import { until } from '../../support/until.ts'

/** What is wrong with a node; `right` is a peer to be had. */
export type NodeKind = 'right' | 'other digest' | 'other network' | 'no eth2' | 'cut eth2' | 'no tcp'

export interface NetworkNode extends SwarmNode {
  readonly kind: NodeKind
  readonly program: 'go' | 'js'
}

/** How many nodes of each kind each program runs. */
export interface SwarmPlan {
  readonly go: Partial<Record<NodeKind, number>>
  readonly js: Partial<Record<NodeKind, number>>
}

/** 53 nodes with the bootnode: 42 to be found, 11 to be left alone. */
export const LARGE_PLAN: SwarmPlan = {
  go: { right: 10, 'other digest': 1, 'no eth2': 1 },
  js: { right: 32, 'other digest': 2, 'other network': 2, 'no eth2': 1, 'cut eth2': 1, 'no tcp': 2 },
}

/** Nothing anywhere: digests of another fork of our network, and of another network. */
const OTHER_DIGEST = 'd15ea5ed'
const OTHER_NETWORK = '0badcafe'
/** First octets of nodes: 127.50.x.1 and on, so that each has a /16 of its own. */
const FIRST_SECOND_OCTET = 50
const READY_MS = 90_000
/** Several questions, each with its time-out. */
const TOLD_MS = 60_000
/** Neighbours of a node that is part of a network of dozens. */
const LIVE_ENOUGH = 12
/** Where nobody looks around: those it met when it started. */
const ACQUAINTED = 6

/** Addresses of one test: two that run at once differ in the third octet, almost surely. */
class Addresses {
  readonly #third = randomInt(1, 255)
  #next = FIRST_SECOND_OCTET

  take(): string {
    return `127.${this.#next++}.${this.#third}.1`
  }
}

export class SwarmNetwork implements AsyncDisposable {
  readonly nodes: readonly NetworkNode[]
  readonly bootnode: NetworkNode
  /** An address of loopback for the relay. */
  readonly relayAddress: string
  readonly #swarms: readonly DiscoverySwarm[]

  private constructor(
    swarms: readonly DiscoverySwarm[],
    bootnode: NetworkNode,
    nodes: readonly NetworkNode[],
    relayAddress: string,
  ) {
    this.#swarms = swarms
    this.bootnode = bootnode
    this.nodes = [bootnode, ...nodes]
    this.relayAddress = relayAddress
  }

  /** Starts the nodes of a network directory's fork and waits until they know each other. Without Go, all are of js. */
  static async start(networkDir: string, plan: SwarmPlan): Promise<SwarmNetwork> {
    const { digestHex, next } = forkOf(networkDir)
    const addresses = new Addresses()
    const hasGo = goSkipReason() === false
    const go = hasGo ? await DiscoverySwarm.go() : DiscoverySwarm.js()
    const js = hasGo ? DiscoverySwarm.js() : go
    const nodes: NetworkNode[] = []
    const add = async (program: 'go' | 'js', kinds: readonly NodeKind[], bootnodes: readonly string[]) => {
      const options = kinds.map((kind) => nodeOptions(kind, addresses.take(), digestHex, next))
      const started = await (program === 'go' ? go : js).start(options, bootnodes)
      const origin = hasGo ? program : 'js'
      return started.map((node, index): NetworkNode => ({ ...node, kind: kinds[index] ?? 'right', program: origin }))
    }
    try {
      const [bootnode] = await add('go', ['no tcp'], [])
      if (bootnode === undefined) throw new Error('no bootnode')
      nodes.push(...(await add('js', kindsOf(plan.js), [bootnode.enr])))
      // Nodes of go-ethereum look around when they start: that is when the bootnode has somebody to show.
      if (hasGo) await untilLive([go], Math.min(nodes.length, LIVE_ENOUGH), nodes.length)
      nodes.push(...(await add('go', kindsOf(plan.go), [bootnode.enr])))
      const network = new SwarmNetwork([...new Set([go, js])], bootnode, nodes, addresses.take())
      const least = Math.min(Math.floor(network.nodes.length / 4), hasGo ? LIVE_ENOUGH : ACQUAINTED)
      await untilLive(network.#swarms, least, network.nodes.length)
      return network
    } catch (error) {
      await Promise.all([go.stop(), js.stop()])
      throw error
    }
  }

  of(...kinds: readonly NodeKind[]): readonly NetworkNode[] {
    return this.nodes.filter(({ kind }) => kinds.includes(kind))
  }

  /** Nodes that nobody of our network has a reason to dial. */
  get wrong(): readonly NetworkNode[] {
    return this.nodes.filter(({ kind }) => kind !== 'right')
  }

  /** Ids of the nodes to which somebody ever opened a connection. */
  dialled(): ReadonlySet<string> {
    const events = this.#swarms.flatMap((swarm) => swarm.events)
    return new Set(events.filter(({ event }) => event === 'found').map(({ node }) => node))
  }

  /** Records of a node as the swarm holds them, only of those that have it in their tables; by peer id of the holder. */
  async held(nodeId: string): Promise<ReadonlyMap<string, string>> {
    const states = (await Promise.all(this.#swarms.map((swarm) => swarm.state(nodeId)))).flat()
    return new Map(states.filter(({ held }) => held !== '').map(({ peerId, held }) => [peerId, held]))
  }

  /**
   * Waits until every node was told exactly this record by its owner: a question is put again, since UDP may
   * lose it, and both libraries do when two nodes shake hands with each other at the same moment.
   * @throws AssertionError when one is told another
   */
  async allTold(enr: string): Promise<void> {
    const told = new Set<string>()
    const isDone = async (): Promise<boolean> => {
      const answers = (await Promise.all(this.#swarms.map((swarm) => swarm.ask(enr)))).flat()
      for (const answer of answers.filter(({ error }) => error === '')) {
        assert.equal(answer.enr, enr, `as told to ${answer.peerId}`)
        told.add(answer.peerId)
      }
      return told.size === this.nodes.length
    }
    await until(`the record for all ${this.nodes.length} who ask for it`, isDone, TOLD_MS)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#swarms.map((swarm) => swarm.stop()))
  }
}

/** Waits until each node of these swarms has so many others in its table that answered it. */
function untilLive(swarms: readonly DiscoverySwarm[], least: number, of: number): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const states = (await Promise.all(swarms.map((swarm) => swarm.state()))).flat()
    return states.every(({ live }) => live >= least)
  }
  return until(`each of the swarm knows ${least} of ${of} others`, isReady, READY_MS)
}

function forkOf(networkDir: string): { readonly digestHex: string; readonly next: DigestEntry | undefined } {
  const schedule = createForkSchedule(readNetworkDir(networkDir))
  return { digestHex: schedule.at(0).digestHex, next: schedule.next(0) }
}

function kindsOf(counts: Partial<Record<NodeKind, number>>): readonly NodeKind[] {
  return Object.entries(counts).flatMap(([kind, count]) => Array<NodeKind>(count).fill(kind as NodeKind))
}

function nodeOptions(
  kind: NodeKind,
  address: string,
  digestHex: string,
  next: DigestEntry | undefined,
): SwarmNodeOptions {
  const digest = kind === 'other digest' ? OTHER_DIGEST : kind === 'other network' ? OTHER_NETWORK : digestHex
  const ahead = next === undefined ? undefined : { versionHex: next.forkVersionHex, epoch: next.epoch }
  const eth2 = toHex(eth2Field(digest, ahead))
  const view = { status: { forkDigest: digest }, metadata: { attnets: '03'.padEnd(16, '0'), custodyGroupCount: 4 } }
  const fields = { address, view, attnets: view.metadata.attnets, nfd: next?.digestHex ?? '00000000', cgc: 4 }
  switch (kind) {
    case 'no eth2':
      return { address, view }
    case 'cut eth2':
      return { ...fields, eth2: eth2.slice(0, 10) }
    case 'no tcp':
      return { ...fields, eth2, hidesTcp: true }
    default:
      return { ...fields, eth2 }
  }
}
