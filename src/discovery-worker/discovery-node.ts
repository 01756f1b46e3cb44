/**
 * The discovery node: discv5 on our own sockets. In: calls of `DiscoveryControl`. Out: `DiscoveryEvents`. Knows nothing
 * of threads, so that tests run it as it is.
 */
import { createKeypair, Discv5 } from '@chainsafe/discv5'
import { ENR } from '@chainsafe/enr'
import { decodeNodeRecord } from '../consensus/decode-node-record.ts'
import type { DiscoveryControl, DiscoveryEvents, DiscoverySettings } from '../rpc/discovery-contract.ts'
import type { DiscoveryWorkerView } from '../rpc/discovery-views.ts'
import type { Handlers } from '../rpc/server.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import { ThreadLoad } from '../shared/thread-load.ts'
import { AddressCensus } from './address-census.ts'
import { BoundedSession } from './bounded-session.ts'
import { discv5Events, sessionEvents } from './discv5-events.ts'
import { FoundNodes } from './found-nodes.ts'
import { isCredible } from './hearsay.ts'
import { LOOKUP_ALPHA, LOOKUP_K } from './iterative-lookup.ts'
import { keepChallenges } from './kept-challenges.ts'
import { limitNeighbours } from './limit-neighbours.ts'
import { decodeLocalRecord, LocalRecord } from './local-record.ts'
import { Lookups } from './lookups.ts'
import { MessageCounts } from './message-counts.ts'
import { UdpTransport } from './udp-transport.ts'
import { rememberSignatures, SignatureMemory } from './verified-signatures.ts'

/** Records are put into the table in pieces of this, each some 30 ms of signatures, so that packets come between. */
const RECORDS_PER_TURN = 16
/** Records taken in one call: as many as the network thread ever keeps. */
const MAX_RECORDS_PER_CALL = 4096

const DISCV5_CONFIG = {
  /** As sigp's (reference/scoring.md §6): a node that is slower than this is too slow for a lookup. */
  requestTimeout: 2000,
  /** Upstream counts the first try: nothing is sent twice. */
  requestRetries: 1,
  sessionTimeout: 86_400_000,
  sessionEstablishTimeout: 15_000,
  /** Some 600 bytes each; the least recently used goes first. */
  sessionCacheCapacity: 2000,
  /** Two PONGs of each node of the table within the window of the address votes, and its liveness known as often. */
  pingInterval: 150_000,
  /** The network thread owns our record, and `AddressCensus` counts the votes. */
  enrUpdate: false,
  addrVotesToUpdateEnr: 10,
  /** As sigp: with them, whoever has a record of his own could come under any other node's id. */
  allowUnverifiedSessions: false,
  // Of upstream's own lookups, which are not used: IterativeLookup.
  lookupParallelism: LOOKUP_ALPHA,
  lookupRequestLimit: 3,
  lookupNumResults: LOOKUP_K,
  lookupTimeout: 20_000,
}

export interface DiscoveryNodeDeps {
  readonly settings: DiscoverySettings
  readonly clock: Clock
  readonly log: Logger
  readonly emit: <K extends keyof DiscoveryEvents>(name: K, data: DiscoveryEvents[K]) => void
}

export interface DiscoveryNode {
  readonly control: Handlers<DiscoveryControl>
  /** Closes the sockets. Idempotent. */
  stop(): Promise<void>
}

/** Binds the sockets and serves. @throws RelayError BAD_ENR, CONFIG_INVALID, LISTEN_FAILED */
export async function startDiscoveryNode(deps: DiscoveryNodeDeps): Promise<DiscoveryNode> {
  rememberSignatures(new SignatureMemory())
  keepChallenges()
  const node = new Node(deps)
  await node.start()
  return { control: node.control(), stop: () => node.stop() }
}

class Node {
  readonly #deps: DiscoveryNodeDeps
  readonly #transport: UdpTransport
  readonly #session: BoundedSession
  readonly #discv5: Discv5
  readonly #messages = new MessageCounts()
  readonly #load = new ThreadLoad()
  readonly #found: FoundNodes
  readonly #lookups: Lookups
  readonly #localRecord: LocalRecord
  readonly #census: AddressCensus

  constructor(deps: DiscoveryNodeDeps) {
    this.#deps = deps
    const { settings, clock, log, emit } = deps
    const { privateKey } = settings
    const record = decodeLocalRecord(settings.enr, privateKey)
    const localId = record.nodeId
    this.#transport = new UdpTransport({ binds: settings.binds, nodeId: localId, clock, log })
    const keypair = createKeypair({ type: 'secp256k1', privateKey })
    const session = new BoundedSession(clock, DISCV5_CONFIG, record, keypair, this.#transport)
    const discv5 = new Discv5(DISCV5_CONFIG, session, this.#messages.metrics)
    const table = (): readonly ENR[] => discv5.kadValues()
    const ping = (node: ENR): ReturnType<Discv5['sendPing']> => discv5.sendPing(node)
    limitNeighbours(discv5)
    this.#session = session
    this.#discv5 = discv5
    this.#found = new FoundNodes({ clock, localId, onFound: (found) => emit('found', found) })
    this.#lookups = new Lookups({
      clock,
      localId,
      table,
      ask: async (node, distances) =>
        (await discv5.sendFindNode(node, distances)).filter((told) => isCredible(node, told)),
    })
    this.#localRecord = new LocalRecord({ session, ping, table, privateKey, clock })
    this.#census = new AddressCensus({ clock, ping, table, onVoted: (vote) => emit('addressVoted', vote) })
  }

  async start(): Promise<void> {
    discv5Events(this.#discv5).on('discovered', (record) => this.#found.saw(record))
    discv5Events(this.#discv5).on('talkReqReceived', (node, _record, { id }) => {
      // No protocol of ours runs over discv5: the answer to those unknown is empty (discv5-wire, "TALKRESP").
      void this.#discv5.sendTalkResp(node, id, new Uint8Array())
    })
    const session = sessionEvents(this.#session)
    session.on('established', (node, record, _direction, isVerified) => {
      this.#found.saw(record)
      if (isVerified) this.#census.met(node, record)
    })
    session.on('response', (node, response) => {
      if ('addr' in response) this.#census.answered(node, response.addr)
    })
    await this.#discv5.start()
    this.#load.start()
    for (const text of this.#deps.settings.bootnodes) this.#addBootnode(text)
  }

  async stop(): Promise<void> {
    this.#lookups.stop()
    this.#localRecord.stop()
    this.#census.stop()
    this.#load.stop()
    await this.#discv5.stop()
  }

  control(): Handlers<DiscoveryControl> {
    return {
      getBinds: () => this.#transport.binds,
      setLocalRecord: (enr) => this.#localRecord.set(enr),
      addRecords: (enrs) => this.#addRecords(enrs),
      lookup: (targetHex) => this.#lookups.run(targetHex),
      getView: () => this.#view(),
    }
  }

  #addBootnode(text: string): void {
    try {
      decodeNodeRecord(text)
      this.#addRecord(text)
    } catch (err) {
      this.#deps.log.warn({ err, enr: text.slice(0, 400) }, 'bootnode left out')
    }
  }

  async #addRecords(texts: readonly string[]): Promise<number> {
    let taken = 0
    for (const [i, text] of texts.slice(0, MAX_RECORDS_PER_CALL).entries()) {
      if (i > 0 && i % RECORDS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
      if (this.#addRecord(text)) taken++
    }
    return taken
  }

  /** @returns whether the table has it now */
  #addRecord(text: string): boolean {
    try {
      const record = ENR.decodeTxt(text)
      if (record.nodeId === this.#session.enr.nodeId) return false
      this.#found.saw(record)
      this.#discv5.addEnr(record)
      return this.#discv5.getKadValue(record.nodeId) !== undefined
    } catch {
      return false
    }
  }

  #view(): DiscoveryWorkerView {
    const { packetsIn, packetsOut, bytesIn, bytesOut, dropped } = this.#transport.counts
    return {
      routingTableSize: this.#discv5.kadValues().length,
      connectedNodes: this.#discv5.connectedPeerCount,
      sessions: this.#session.sessionsSize(),
      lookups: this.#lookups.total,
      lookupsRunning: this.#lookups.running,
      kademliaAlpha: LOOKUP_ALPHA,
      kademliaK: LOOKUP_K,
      packetsIn,
      packetsOut,
      bytesIn,
      bytesOut,
      droppedPackets: { ...dropped },
      messagesIn: this.#messages.in,
      messagesOut: this.#messages.out,
      load: this.#load.view(),
    }
  }
}
