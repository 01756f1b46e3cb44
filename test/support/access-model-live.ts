/** The two peers of the pool that listen. The relay dials the one by its record, the other by its address only. */
import type { TestContext } from 'node:test'
import { createForkSchedule } from '../../src/consensus/fork-schedule.ts'
import { networkByName } from '../../src/consensus/networks.ts'
import { createSlotClock } from '../../src/consensus/slot-clock.ts'
import type { PeerView } from '../../src/rpc/peer-views.ts'
import { systemClock } from '../../src/shared/clock.ts'
import { freshIdentity, LIVE_AGENT, type PoolPeer, poolPeer } from './access-model-pool.ts'
import type { ModelRelay } from './access-model-relay.ts'
import { freshStatus, GossipPeer } from './gossip-peer.ts'
import { until } from './until.ts'

/** Trusted peers are dialled again at once after a restart, and within seconds after a ban was lifted. */
const CONNECT_TIMEOUT_MS = 20_000

async function startPeer(t: TestContext): Promise<PoolPeer> {
  const network = networkByName('hoodi') // what quietFlags of child.ts sets
  const schedule = createForkSchedule(network)
  const slotClock = createSlotClock(network, systemClock)
  const privateKey = await freshIdentity()
  const peer = await GossipPeer.start({
    status: () => freshStatus(schedule.at(slotClock.currentEpoch()).digestHex),
    userAgent: LIVE_AGENT,
    privateKey,
  })
  // The relay comes and goes many times in ten seconds: to it each time is the first, and so are its pings.
  peer.node.addEventListener('peer:disconnect', ({ detail }) => peer.reqResp.forget(detail.toString()))
  t.after(() => peer[Symbol.asyncDispose]())
  return poolPeer(privateKey, Number(/\/tcp\/(\d+)/.exec(peer.address)?.[1]))
}

export class LivePeers {
  readonly recorded: PoolPeer
  readonly unrecorded: PoolPeer
  readonly ids: readonly string[]

  private constructor(recorded: PoolPeer, unrecorded: PoolPeer) {
    this.recorded = recorded
    this.unrecorded = unrecorded
    this.ids = [recorded.peerId, unrecorded.peerId]
  }

  static async start(t: TestContext): Promise<LivePeers> {
    return new LivePeers(await startPeer(t), await startPeer(t))
  }

  /** Has the relay connected to a peer that it may be connected to, and waits for the end of a connection it refuses. */
  async settle(relay: ModelRelay, peerId: string, isAdmitted: boolean): Promise<void> {
    if (!this.ids.includes(peerId)) return
    if (!isAdmitted) return this.isGone(relay, peerId)
    const isRecorded = peerId === this.recorded.peerId
    const json = isRecorded ? { enr: this.recorded.enr } : { multiaddr: this.unrecorded.address }
    await until(
      `the relay to be connected to ${peerId}`,
      async () => {
        await relay.send({ method: 'POST', path: '/peers', json })
        return this.#isConnected(relay, peerId)
      },
      CONNECT_TIMEOUT_MS,
    )
  }

  isHere(relay: ModelRelay, peerId: string): Promise<void> {
    return until(`${peerId} to be connected`, () => this.#isConnected(relay, peerId), CONNECT_TIMEOUT_MS)
  }

  isGone(relay: ModelRelay, peerId: string): Promise<void> {
    return until(`${peerId} to be gone`, async () => !(await this.#isConnected(relay, peerId)))
  }

  async #isConnected(relay: ModelRelay, peerId: string): Promise<boolean> {
    const peers = await relay.read<readonly PeerView[]>('/peers')
    return peers.some(({ peer_id, state }) => peer_id === peerId && state === 'connected')
  }
}
