import type { MeshReason } from '../../../rpc/mesh-reason.ts'
import type { MeshAction, MeshEvent } from '../../../rpc/mesh-views.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import type { Logger } from '../../../shared/logger.ts'
import type { MeshChange, MeshObserver } from './mesh-observer.ts'

/**
 * Lines a peer may cause at once: joining all topics of two digests grafts a peer some 400 times. Refilled slowly, so that a
 * peer that grafts or prunes in a loop fills neither the disk nor the line of events to the main thread.
 */
const LINES_AT_ONCE = 600
const LINES_PER_SECOND = 2
/** How often what was left out is told. */
const SUPPRESSED_PERIOD_MS = 10_000
/** Peers whose lines are counted: more than are ever connected; the longest silent goes first, with a full bucket. */
const MAX_PEERS = 1024

/** The wording of spec/relay-http-api.md, "MESH Event Logs". */
function lineOf({ action, reason }: MeshChange): string | undefined {
  switch (action) {
    case 'graft_received':
      return 'MESH: Received GRAFT from peer (peer wants to add us to their mesh)'
    case 'graft_accepted':
      return "MESH: We added peer to our mesh (accepted peer's GRAFT)"
    case 'graft_rejected':
      return `MESH: We rejected peer's GRAFT and will PRUNE (reason: ${reason})`
    case 'graft_sent':
      return `MESH: We are sending GRAFT to peer (reason: ${reason})`
    case 'prune_received':
      return 'MESH: Received PRUNE from peer (peer removed us from their mesh)'
    case 'prune_obeyed':
      return "MESH: We removed peer from our mesh (responding to peer's PRUNE)"
    case 'prune_sent':
      return pruneLine(reason)
    case 'link_lost':
      return undefined
  }
}

function pruneLine(reason: MeshReason | undefined): string {
  return reason === 'mesh_high'
    ? 'MESH: Will PRUNE peer (reason: mesh_high)'
    : `MESH: We are sending PRUNE to peer (reason: ${reason})`
}

/** What a peer says as often as it likes; the others change a mesh, which back-offs slow down. */
const WISHES: ReadonlySet<MeshAction> = new Set(['graft_received', 'graft_rejected', 'prune_received'])

interface Bucket {
  tokens: number
  filledAtMs: number
  suppressed: number
}

export interface MeshLogDeps {
  readonly clock: Clock
  readonly log: Logger
  /** The same events for the main thread; bounded and counted there. */
  readonly emit: (event: MeshEvent) => void
}

/** Writes the `MESH:` lines, at most so many a peer, and sends on each change, and of what is not one as much as has a line. */
export class MeshLog {
  readonly #deps: MeshLogDeps
  readonly #buckets = new Map<PeerIdStr, Bucket>()
  #timer: Disposable | undefined

  constructor(deps: MeshLogDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = this.#deps.clock.every(SUPPRESSED_PERIOD_MS, () => this.#tellSuppressed())
  }

  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#tellSuppressed()
  }

  readonly observe: MeshObserver = (change) => {
    const { clock, log, emit } = this.#deps
    const line = lineOf(change)
    const mayWrite = line !== undefined && this.#mayWrite(change.peerId)
    if (mayWrite || !WISHES.has(change.action)) emit({ atMs: clock.nowMs(), ...change })
    if (!mayWrite) return
    const { peerId: peer, topic, score, backoffSecs } = change
    log.info(
      {
        peer,
        topic,
        ...(score === undefined ? {} : { score }),
        ...(backoffSecs === undefined ? {} : { backoff_secs: backoffSecs }),
      },
      line,
    )
  }

  #mayWrite(peerId: PeerIdStr): boolean {
    const nowMs = this.#deps.clock.monotonicMs()
    const bucket = this.#buckets.get(peerId) ?? { tokens: LINES_AT_ONCE, filledAtMs: nowMs, suppressed: 0 }
    this.#buckets.delete(peerId)
    this.#buckets.set(peerId, bucket)
    for (const longestSilent of this.#buckets.keys()) {
      if (this.#buckets.size <= MAX_PEERS) break
      this.#buckets.delete(longestSilent)
    }
    bucket.tokens = Math.min(LINES_AT_ONCE, bucket.tokens + ((nowMs - bucket.filledAtMs) / 1000) * LINES_PER_SECOND)
    bucket.filledAtMs = nowMs
    if (bucket.tokens < 1) {
      bucket.suppressed++
      return false
    }
    bucket.tokens--
    return true
  }

  #tellSuppressed(): void {
    for (const [peer, bucket] of this.#buckets) {
      if (bucket.suppressed === 0) continue
      this.#deps.log.info({ peer, suppressed: bucket.suppressed }, `MESH: ${bucket.suppressed} lines suppressed`)
      bucket.suppressed = 0
    }
  }
}
