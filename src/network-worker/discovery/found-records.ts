import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { PeerIdStr } from '../../shared/ids.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import type { DiscoveredPeers } from './discovered-peers.ts'
import { type ForkRelevance, forkRelevance } from './fork-relevance.ts'
import type { RecordBook } from './record-book.ts'
import type { ScheduleWatch } from './schedule-watch.ts'
import { prepareService } from './topic-service.ts'

export interface FoundRecordsDeps {
  readonly ownPeerId: PeerIdStr
  readonly schedule: ForkSchedule
  readonly currentEpoch: () => number
  readonly watch: Pick<ScheduleWatch, 'saw'>
  readonly discovered: DiscoveredPeers
  readonly book: RecordBook
  /** A record of our network, newer than what was known. */
  readonly onFresh: (record: NodeRecord) => void
}

/** Judges what the discovery worker found: of our network or not, known or not. */
export class FoundRecords {
  readonly #deps: FoundRecordsDeps
  /** Records judged, by their fork, since start. */
  readonly judged: Record<ForkRelevance, number> = { current: 0, next: 0, other: 0, none: 0 }

  constructor(deps: FoundRecordsDeps) {
    this.#deps = deps
  }

  take(record: NodeRecord): void {
    const { ownPeerId, schedule, currentEpoch, watch, discovered, book, onFresh } = this.#deps
    if (record.peerId === ownPeerId) return
    const relevance = forkRelevance(record, schedule, currentEpoch())
    this.judged[relevance]++
    watch.saw(record)
    if (relevance !== 'current' && relevance !== 'next') {
      this.#forgetStray(record)
      return
    }
    discovered.add(record.peerId)
    // Nobody can be dialled without an address of libp2p; the node serves its table all the same.
    if (record.addresses.length === 0) return
    if (book.take(record) === 'known') return
    prepareService(record)
    onFresh(record)
  }

  /** A peer we knew went to another network; an old record that somebody repeats says nothing. */
  #forgetStray({ peerId, seq }: NodeRecord): void {
    const known = this.#deps.book.get(peerId)
    if (known !== undefined && BigInt(seq) > BigInt(known.seq)) this.#deps.book.forget(peerId)
  }
}
