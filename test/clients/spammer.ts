/**
 * One spammer: a Go peer that writes what its role says, and comes back as often as it is let in, until it is refused,
 * and tries again all the same. It has a network and an agent of its own.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { GoWirePeer } from '../support/go-wire-peer.ts'
import type { Publication, SpamRole, SpamScene } from './spam-roles.ts'

const PERIOD_MS = 200
/** Between two attempts to come back. */
const REDIAL_MS = 2_000

export interface SpammerOptions {
  readonly role: SpamRole
  readonly scene: SpamScene
  readonly relay: { readonly peerId: string; readonly address: string }
  readonly forkDigest: string
  /** Address of loopback that it dials from. */
  readonly ip: string
  readonly agent: string
}

export interface SpammerRecord {
  readonly role: string
  readonly proof: SpamRole['proof']
  readonly peerId: string
  readonly sent: number
  /** From its first message until it was refused for good so far; undefined while it is let in. */
  readonly outAfterMs: number | undefined
  /** How often it was disconnected, and how often it was let in after it had been refused. */
  readonly disconnects: number
  readonly returns: number
  readonly goodbyes: readonly number[]
}

export class Spammer implements AsyncDisposable {
  readonly #options: SpammerOptions
  readonly #peer: GoWirePeer
  readonly #make: (nth: number) => readonly Publication[]
  readonly #ended = new AbortController()
  #running: Promise<void> = Promise.resolve()
  #nth = 0
  #sent = 0
  #firstSentAtMs: number | undefined
  #outAtMs: number | undefined
  #returns = 0
  #isConnected = true
  #nextDialMs = 0
  /** Disconnects that it has come back from. */
  #disconnectsBefore = 0

  private constructor(options: SpammerOptions, peer: GoWirePeer) {
    this.#options = options
    this.#peer = peer
    this.#make = options.role.begin(options.scene)
  }

  /** Connects, joins the mesh of blocks as an honest peer would, and begins. */
  static async start(options: SpammerOptions): Promise<Spammer> {
    const { ip, agent, forkDigest } = options
    const metadata = { seqNumber: 1, attnets: '00'.repeat(8), syncnets: '00', custodyGroupCount: 4 }
    const peer = await GoWirePeer.start({ host: { address: ip, agent }, view: { status: { forkDigest }, metadata } })
    const spammer = new Spammer(options, peer)
    try {
      await peer.dial(options.relay.address)
      await spammer.#greet()
    } catch (error) {
      await peer.stop()
      throw error
    }
    spammer.#running = spammer.#run()
    return spammer
  }

  get record(): SpammerRecord {
    const { role } = this.#options
    const start = this.#firstSentAtMs
    return {
      role: role.name,
      proof: role.proof,
      peerId: this.#peer.peerId,
      sent: this.#sent,
      outAfterMs: this.#outAtMs === undefined || start === undefined ? undefined : this.#outAtMs - start,
      disconnects: this.#peer.disconnects,
      returns: this.#returns,
      goodbyes: this.#peer.goodbyes,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#running
    await this.#peer.stop()
  }

  async #run(): Promise<void> {
    const { signal } = this.#ended
    while (!signal.aborted) {
      // What fails is the connection: the next turn sees that it is gone.
      await this.#turn().catch(() => undefined)
      await delay(PERIOD_MS)
    }
  }

  async #turn(): Promise<void> {
    if (this.#peer.disconnects > this.#disconnectsBefore) this.#isConnected = false
    if (!this.#isConnected) {
      if (Date.now() >= this.#nextDialMs) await this.#comeBack()
      return
    }
    const messages = this.#make(this.#nth++)
    if (messages.length === 0) return
    this.#firstSentAtMs ??= Date.now()
    const publish = messages.map(({ topic, data }) => ({ topic, data: Buffer.from(data).toString('hex') }))
    const { peerId } = this.#options.relay
    try {
      await this.#peer.send(peerId, { publish })
      this.#sent += messages.length
    } catch {
      // The stream was reset; the connection may be there all the same.
      await this.#peer.reopen(peerId)
    }
  }

  async #comeBack(): Promise<void> {
    this.#nextDialMs = Date.now() + REDIAL_MS
    const { refused } = await this.#peer.redial(this.#options.relay.address)
    if (refused) {
      this.#outAtMs ??= Date.now()
      return
    }
    if (this.#outAtMs !== undefined) this.#returns++
    this.#outAtMs = undefined
    this.#disconnectsBefore = this.#peer.disconnects
    this.#isConnected = true
    await this.#greet()
  }

  async #greet(): Promise<void> {
    const topic = this.#options.scene.topics.get('beacon_block')
    if (topic !== undefined) await this.#peer.send(this.#options.relay.peerId, { subscribe: [topic], graft: [topic] })
  }
}
