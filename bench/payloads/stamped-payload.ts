/** Objects in which numbers are replaced for each copy, made as the load generators make them (payload.go). */
import type { PayloadShape, PayloadStamp } from '../../test/support/go-payload.ts'

/** SLOTS_PER_EPOCH of the mainnet preset (presets/mainnet/phase0.yaml). */
const SLOTS_PER_EPOCH = 32
/** Odd, as there: its multiples repeat no number below a power of two before all have come. */
const SCATTER = 0x9e3779b97f4a7c15n
const TOPIC_NUMBER = /_(\d+)$/

/** An object whose copies differ by the numbers that are written into them. */
export function stampedShape(object: Uint8Array, stamps: readonly PayloadStamp[]): PayloadShape {
  return { sizeBytes: object.length, template: Buffer.from(object).toString('base64'), stamps }
}

/** When a payload is sent, and where. */
export interface PayloadMoment {
  readonly slot: number
  /** Start of the slot, seconds of Unix time. */
  readonly slotStartSeconds: number
  /** Without digest and encoding: `beacon_attestation_3`. */
  readonly gossipName: string
  /** How many payloads the topic had before. */
  readonly turn: number
  /** How many there were before of the shape. */
  readonly serial: number
}

/** One payload of a shape with template and stamps. */
export function stampedPayload({ template = '', stamps = [] }: PayloadShape, at: PayloadMoment): Uint8Array {
  const payload = Buffer.from(template, 'base64')
  for (const stamp of stamps) payload.writeBigUInt64LE(numberOf(stamp, at), stamp.offset)
  return payload
}

function numberOf({ value, below }: PayloadStamp, at: PayloadMoment): bigint {
  switch (value) {
    case 'slot':
      return BigInt(at.slot)
    case 'epoch':
      return BigInt(Math.floor(at.slot / SLOTS_PER_EPOCH))
    case 'slotStart':
      return BigInt(at.slotStartSeconds)
    case 'topicNumber':
      return BigInt(TOPIC_NUMBER.exec(at.gossipName)?.[1] ?? 0)
    case 'turn':
      return BigInt(at.turn) % BigInt(below ?? Number.MAX_SAFE_INTEGER)
    case 'serial': {
      const number = BigInt.asUintN(64, BigInt(at.serial) * SCATTER)
      return below === undefined ? number : number % BigInt(below)
    }
  }
}
