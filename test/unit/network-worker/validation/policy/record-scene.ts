/** Records of peers, and a chain of blocks that they send. */
import { TrackRecord } from '../../../../../src/network-worker/validation/policy/track-record.ts'

export const SLOTS_PER_EPOCH = 8
export const START = 100

/** `own` is a peer of the operator's. Peers connect when they are first named in `connect`, else they have just come. */
export function recordScene(restored: readonly string[] = []) {
  const now = { slot: START }
  const connected = new Map<string, number>()
  const record = new TrackRecord({
    slotsPerEpoch: SLOTS_PER_EPOCH,
    currentSlot: () => now.slot,
    isBelieved: (peerId) => peerId === 'own',
    connectedSlot: (peerId) => connected.get(peerId) ?? now.slot,
    restored,
  })
  let head = 'genesis'
  /** A block of the current slot goes on, and becomes the chain unless its parent is named. */
  const block = (senders: readonly string[], name = `block ${now.slot}`, parent?: string): void => {
    const { slot } = now
    record.note({ slot, msgId: name, senders })
    record.onHashed(name, { slot, root: name, parentRoot: parent ?? head })
    if (parent === undefined) head = name
  }
  /** So many slots with a block of the chain each, which these send. */
  const slots = (count: number, ...senders: string[]): void => {
    for (let index = 0; index < count; index++, now.slot++) block(senders)
  }
  const connect = (...peers: string[]): void => {
    for (const peer of peers) connected.set(peer, now.slot)
  }
  /** Those of these whose block goes on at once. */
  const counting = (...peers: string[]): readonly string[] => peers.filter((peer) => record.countsForBlocks(peer))
  return { now, record, block, slots, connect, counting, head: () => head }
}
