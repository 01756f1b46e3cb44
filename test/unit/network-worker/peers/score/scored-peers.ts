import { ScoreBook } from '../../../../../src/network-worker/peers/score/score-book.ts'
import type { PeerAction } from '../../../../../src/network-worker/peers/score/score-formula.ts'
import type { ScoreBan } from '../../../../../src/rpc/access.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

export const FREEZE_MS = 1_800_000
/** What the clock's wall time begins at. */
export const START_MS = 1_700_000_000_000

/** A book on a clock that stands still, with what it did in `log` and the gossip scores of its peers in a map. */
export class ScoredPeers {
  readonly clock = new FakeClock(START_MS)
  readonly log: string[] = []
  readonly bans: ScoreBan[] = []
  readonly trusted = new Set<string>()
  readonly exemptIps = new Set<string>()
  readonly gossip = new Map<string, number>()
  readonly book: ScoreBook

  constructor(banFreezeMs = FREEZE_MS) {
    this.book = new ScoreBook({
      clock: this.clock,
      banFreezeMs,
      isTrusted: (peerId) => this.trusted.has(peerId),
      isExemptIp: (ip) => this.exemptIps.has(ip),
      gossipScore: (peerId) => this.gossip.get(peerId) ?? 0,
      effects: {
        onForcedDisconnect: (peerId) => void this.log.push(`disconnect ${peerId}`),
        onBanned: (ban) => {
          this.log.push(`ban ${ban.peerId}`)
          this.bans.push(ban)
        },
        onUnbanned: (peerId) => void this.log.push(`unban ${peerId}`),
      },
    })
  }

  /** Reports `peerId` `times` times, at one instant. */
  report(peerId: string, action: PeerAction, times = 1): void {
    for (let count = 0; count < times; count++) this.book.report(peerId, action, 'request_timeout')
  }

  /** Moves time on and ticks. */
  after(ms: number): void {
    this.clock.advance(ms)
    this.book.tick()
  }

  /** A banned peer that is gone. */
  banned(peerId: string, ip?: string): void {
    this.book.connected(peerId, ip)
    this.report(peerId, 'fatal')
    this.book.disconnected(peerId)
  }

  /** Effects since the last call. */
  effects(): readonly string[] {
    return this.log.splice(0)
  }
}
