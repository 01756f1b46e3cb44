import type { TopicStr } from '../../../shared/ids.ts'

/** Slots of the table: four times the topics of four digests, the most a node is in at once (topic-directory.ts). */
const SLOTS = 4096
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

interface KnownName {
  readonly bytes: Uint8Array
  readonly name: TopicStr
}

// A byte order mark is part of a name: without it, it would be another topic's.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/**
 * From the bytes of a topic to its name: for the topics we are in always the same string, of which the hash is known, so
 * that every map asked with it answers at once. Other names are decoded anew each time. Bounded by the topics we are in.
 */
export class TopicNames {
  readonly #slots = new Map<number, KnownName>()

  add(name: TopicStr): void {
    const bytes = encoder.encode(name)
    this.#slots.set(slotOf(bytes, 0, bytes.length), { bytes, name })
  }

  remove(name: TopicStr): void {
    const bytes = encoder.encode(name)
    const slot = slotOf(bytes, 0, bytes.length)
    if (this.#slots.get(slot)?.name === name) this.#slots.delete(slot)
  }

  /** The name of a topic in a part of `bytes`. Bytes that are no UTF-8 make a name that no topic has. */
  read(bytes: Uint8Array, start: number, end: number): TopicStr {
    const known = this.#slots.get(slotOf(bytes, start, end))
    if (known !== undefined && isSame(known.bytes, bytes, start, end)) return known.name
    return decoder.decode(bytes.subarray(start, end))
  }
}

/** FNV-1a. Two names in one slot cost the one that was there first its place, and nothing else. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_OFFSET
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME)
  return (hash ^ (hash >>> 16)) & (SLOTS - 1)
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false
  return true
}
