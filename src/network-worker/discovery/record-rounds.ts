import type { PeerIdStr } from '../../shared/ids.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import type { RecordBook } from './record-book.ts'

/**
 * The book's records a part at a time, each once a round, in the book's order: to judge all 4,096 at one go would hold
 * the thread that forwards for up to 24 ms.
 */
export class RecordRounds {
  readonly #book: Pick<RecordBook, 'all' | 'get'>
  #rest: PeerIdStr[] = []

  constructor(book: Pick<RecordBook, 'all' | 'get'>) {
    this.#book = book
  }

  /** The next records, as they are now; fewer at the end of a round, after which the next one begins. */
  next(count: number): readonly NodeRecord[] {
    if (this.#rest.length === 0) this.#rest = [...this.#book.all()].map(({ peerId }) => peerId)
    return this.#rest.splice(0, count).flatMap((peerId) => this.#book.get(peerId) ?? [])
  }
}
