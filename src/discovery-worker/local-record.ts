import type { Discv5, SessionService } from '@chainsafe/discv5'
import { type ENR, SignableENR } from '@chainsafe/enr'
import type { Clock } from '../shared/clock.ts'
import { RelayError } from '../shared/errors.ts'

/** Nodes told of a new record, a batch each period: a table of 200 knows within 5 s, at 40 packets a second. */
const BATCH = 8
const BATCH_PERIOD_MS = 200
/** More nodes than a routing table ever has in use: its first two buckets hold half of them. */
const MAX_TOLD_NODES = 512

/**
 * Our record, decoded to be served and signed for.
 * @throws RelayError BAD_ENR when it is none, or not of this key
 */
export function decodeLocalRecord(text: string, privateKey: Uint8Array): SignableENR {
  try {
    return SignableENR.decodeTxt(text, privateKey)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RelayError('BAD_ENR', `not a record of ours: ${why.slice(0, 100)}`, {}, { cause })
  }
}

export interface LocalRecordDeps {
  readonly session: Pick<SessionService, 'enr'>
  readonly ping: (node: ENR) => ReturnType<Discv5['sendPing']>
  readonly table: () => readonly ENR[]
  readonly privateKey: Uint8Array
  readonly clock: Clock
}

/**
 * Puts a new record of ours in force. Nodes that know the old one learn from the sequence number in a PING that there
 * is a newer one, and ask for it.
 */
export class LocalRecord {
  readonly #deps: LocalRecordDeps
  #toTell: ENR[] = []
  #telling: Disposable | undefined

  constructor(deps: LocalRecordDeps) {
    this.#deps = deps
  }

  /** @throws RelayError BAD_ENR when it is none, not of our key, or older than the one in force */
  set(text: string): void {
    const { session, privateKey, table } = this.#deps
    const record = decodeLocalRecord(text, privateKey)
    if (record.seq < session.enr.seq) throw new RelayError('BAD_ENR', 'older than the record in force')
    const isNewer = record.seq > session.enr.seq
    session.enr = record
    if (!isNewer) return
    this.#toTell = table().slice(0, MAX_TOLD_NODES)
    this.#tell()
  }

  stop(): void {
    this.#telling?.[Symbol.dispose]()
    this.#toTell = []
  }

  #tell(): void {
    this.#telling?.[Symbol.dispose]()
    for (const node of this.#toTell.splice(0, BATCH)) void this.#deps.ping(node).catch(() => undefined)
    if (this.#toTell.length > 0) this.#telling = this.#deps.clock.after(BATCH_PERIOD_MS, () => this.#tell())
  }
}
