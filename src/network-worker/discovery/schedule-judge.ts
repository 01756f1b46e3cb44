import type { ForkSchedule } from '../../consensus/fork-schedule.ts'
import type { ForkDigestHex } from '../../shared/ids.ts'
import type { NodeRecord } from '../../shared/node-record.ts'
import { activeDigests } from '../gossip/topics/subscriptions.ts'

/** A change of digest that our schedule does not have. */
export interface UnknownFork {
  /** `current`: in force with them. `next`: ahead of them. */
  readonly kind: 'current' | 'next'
  /** Eight zeros when they name only the epoch. */
  readonly digest: ForkDigestHex
  readonly epoch: number | null
}

/** What a node of our network says of the schedule; each part null when we know it, undefined when it does not say. */
export interface Testimony {
  readonly current: UnknownFork | null | undefined
  readonly next: UnknownFork | null | undefined
}

export type ForkAnnouncement = Pick<
  NodeRecord,
  'forkDigestHex' | 'nextForkVersionHex' | 'nextForkEpoch' | 'nextForkDigestHex'
>

/** `nfd` of a node that has nothing scheduled (specs/fulu/p2p-interface.md, "Next fork digest"). */
const NO_DIGEST = '00000000'
/**
 * Thirteen years of mainnet: whatever is announced for later is another writing of "never" than the specification's, by
 * a whole client's population perhaps, and nobody's schedule.
 */
const MAX_EPOCHS_AHEAD = 2 ** 20
const NOTHING: Testimony = { current: undefined, next: undefined }

/**
 * Tells a fork of our network that we do not know from another network: nodes of many networks share one DHT, and to us
 * the digests of all others are unknown. A node is one of ours
 *
 * - on a digest of ours, which no other network can have;
 * - on an unknown one, when it was on one of ours before;
 * - or when the fork version that it announces is of our family: networks choose versions that differ in one byte from
 *   fork to fork (mainnet 05000000, 06000000; sepolia 90000074, 90000075) and in the others from all networks.
 */
export class ScheduleJudge {
  readonly #schedule: ForkSchedule
  readonly #versions: ReadonlySet<string>
  /** The byte that differs from fork to fork; undefined when there is not exactly one such byte. */
  readonly #countingByte: number | undefined

  /** @param forkVersions further fork versions of the network, 8 hex digits each: those not scheduled yet */
  constructor(schedule: ForkSchedule, forkVersions: readonly string[] = []) {
    this.#schedule = schedule
    const versions = [...schedule.entries.map(({ forkVersionHex }) => forkVersionHex), ...forkVersions]
    this.#versions = new Set(versions)
    const differing = [0, 1, 2, 3].filter((byte) => new Set(versions.map((text) => byteOf(text, byte))).size > 1)
    this.#countingByte = differing.length === 1 ? differing[0] : undefined
  }

  /** True for a digest of our network, past and future ones included. */
  isOurs(digestHex: ForkDigestHex): boolean {
    return this.#schedule.byDigest(digestHex) !== undefined
  }

  /**
   * @param wasOurs the node was on a digest of ours before
   * @returns undefined for a node of another network
   */
  ofRecord(announced: ForkAnnouncement, epoch: number, wasOurs: boolean): Testimony | undefined {
    const { forkDigestHex, nextForkVersionHex } = announced
    if (forkDigestHex === undefined) return undefined
    if (this.isOurs(forkDigestHex)) {
      // One that stayed behind says nothing of the present.
      return this.#isActive(forkDigestHex, epoch) ? { current: null, next: this.#nextOf(announced, epoch) } : NOTHING
    }
    const isFamily = nextForkVersionHex !== undefined && this.#isFamily(nextForkVersionHex)
    return wasOurs || isFamily ? { current: unknownCurrent(forkDigestHex), next: undefined } : undefined
  }

  /** As `ofRecord`, from a Status, which has only the digest in force. */
  ofStatus(digestHex: ForkDigestHex, epoch: number, wasOurs: boolean): Testimony | undefined {
    return this.ofRecord(
      {
        forkDigestHex: digestHex,
        nextForkVersionHex: undefined,
        nextForkEpoch: undefined,
        nextForkDigestHex: undefined,
      },
      epoch,
      wasOurs,
    )
  }

  #isActive(digestHex: ForkDigestHex, epoch: number): boolean {
    return activeDigests(this.#schedule, epoch).some((entry) => entry.digestHex === digestHex)
  }

  /**
   * Epoch and digest are looked up each for itself: some clients announce the next fork's epoch beside the digest of a
   * blob-parameter change before it, and know all that we know. An unknown epoch in the past counts as well: the change
   * was, and the record is not signed anew yet.
   */
  #nextOf(
    { nextForkEpoch, nextForkDigestHex = NO_DIGEST }: ForkAnnouncement,
    epoch: number,
  ): UnknownFork | null | undefined {
    if (nextForkEpoch === undefined) return undefined
    if (nextForkEpoch > Math.max(0, epoch) + MAX_EPOCHS_AHEAD) return null
    const isKnownEpoch = this.#schedule.entries.some((entry) => entry.epoch === nextForkEpoch)
    const isKnownDigest = nextForkDigestHex === NO_DIGEST || this.isOurs(nextForkDigestHex)
    if (isKnownEpoch && isKnownDigest) return null
    return { kind: 'next', digest: nextForkDigestHex, epoch: nextForkEpoch }
  }

  #isFamily(versionHex: string): boolean {
    if (this.#versions.has(versionHex)) return true
    const [some] = this.#versions
    const counting = this.#countingByte
    if (some === undefined || counting === undefined) return false
    return [0, 1, 2, 3].every((byte) => byte === counting || byteOf(some, byte) === byteOf(versionHex, byte))
  }
}

function unknownCurrent(digest: ForkDigestHex): UnknownFork {
  return { kind: 'current', digest, epoch: null }
}

function byteOf(hex: string, byte: number): string {
  return hex.slice(byte * 2, byte * 2 + 2)
}
