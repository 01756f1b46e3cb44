import type { CountersView } from '../../rpc/pulse-event.ts'
import type { MessageClass } from '../gossip/message-class.ts'
import type { RouterObserver } from '../gossip/router/relay-router.ts'
import type { DropReason } from '../gossip/sending/peer-outbox.ts'
import type { Verdict, VerdictReason } from '../validation/verdict.ts'
import { type KindIndex, TrafficByKind } from './kind-traffic.ts'
import { LatencyHistogram } from './latency-histogram.ts'

/** Counts what the router and the checks do. One object, plain numbers: it runs on every message. */
export class GossipStats implements RouterObserver {
  readonly latency = new LatencyHistogram()
  readonly traffic = new TrafficByKind()
  readonly #reasons = new Map<VerdictReason, number>()
  readonly #drops = new Map<`${DropReason}:${MessageClass}`, number>()
  #received = 0
  #receivedBytes = 0
  #duplicates = 0
  #forwarded = 0
  #forwardedBytes = 0
  #accepted = 0
  #ignored = 0
  #rejected = 0
  #dropped = 0
  #acceptedBlocks = 0

  onReceived(kind: KindIndex, sizeBytes: number): void {
    this.#received++
    this.#receivedBytes += sizeBytes
    this.traffic.received(kind, sizeBytes)
  }

  onDuplicate(kind: KindIndex): void {
    this.#duplicates++
    this.traffic.duplicate(kind)
  }

  onForwarded(kind: KindIndex, peers: number, sizeBytes: number, tookMs: number): void {
    this.#forwarded += peers
    this.#forwardedBytes += peers * sizeBytes
    this.traffic.forwarded(kind, peers, sizeBytes)
    this.latency.record(tookMs)
  }

  onDropped(reason: DropReason, messageClass: MessageClass): void {
    this.#dropped++
    const key = `${reason}:${messageClass}` as const
    this.#drops.set(key, (this.#drops.get(key) ?? 0) + 1)
  }

  onVerdict(verdict: Verdict): void {
    if (verdict.action === 'accept') {
      this.#accepted++
      return
    }
    if (verdict.action === 'ignore') this.#ignored++
    else this.#rejected++
    this.#reasons.set(verdict.reason, (this.#reasons.get(verdict.reason) ?? 0) + 1)
  }

  onAcceptedBlock(): void {
    this.#acceptedBlocks++
  }

  /** Messages refused so far by reason. Bounded: reasons are a closed list. */
  get reasons(): ReadonlyMap<VerdictReason, number> {
    return this.#reasons
  }

  /** Copies dropped so far by reason and class, as `reason:class`. Bounded: both are closed lists. */
  get drops(): ReadonlyMap<`${DropReason}:${MessageClass}`, number> {
    return this.#drops
  }

  /** Totals since start. Messages on topics we are not subscribed to are received, and nothing more. */
  counters(): CountersView {
    return {
      receivedMessages: this.#received,
      receivedBytes: this.#receivedBytes,
      duplicateMessages: this.#duplicates,
      forwardedMessages: this.#forwarded,
      forwardedBytes: this.#forwardedBytes,
      acceptedMessages: this.#accepted,
      ignoredMessages: this.#ignored,
      rejectedMessages: this.#rejected,
      droppedMessages: this.#dropped,
      acceptedBlocks: this.#acceptedBlocks,
    }
  }
}
