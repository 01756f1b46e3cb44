import type { PresetName } from '../../consensus/network-config.ts'
import { prefixOfSubnet, SUBNETS_PER_NODE } from '../../consensus/subnets.ts'
import { toHex } from '../../shared/hex.ts'

const NODE_ID_BYTES = 32
/** Values of the top byte of a node id. */
const PREFIXES = 256

/**
 * What to look for in the DHT. A sweep goes through all 256 top bytes, each followed by random bytes; in bit-reversed
 * order (0, 128, 64, 192, …), for a lookup ends with the sixteen nodes closest to its target: in a network of fifty
 * neighbouring targets would find the same third of it over and over.
 */
export class LookupTargets {
  readonly #random: (bytes: number) => Uint8Array
  #turn = 0

  /** @param random that many random bytes */
  constructor(random: (bytes: number) => Uint8Array) {
    this.#random = random
  }

  /** The top byte of the next sweeping lookup's target. */
  get nextPrefix(): number {
    return reversedBits(this.#turn)
  }

  /** The next target of the sweep, 64 hex digits. */
  sweep(): string {
    const target = Uint8Array.from(this.#random(NODE_ID_BYTES))
    target[0] = this.nextPrefix
    this.#turn = (this.#turn + 1) % PREFIXES
    return toHex(target)
  }

  /**
   * A target, 64 hex digits, whose own backbone subnets in `epoch` include `subnet`. The nodes closest to it share its
   * prefix, and with it the subnet, save those that have rotated already, or not yet: as random, the last byte speaks
   * for either in the proportion in which they are.
   * @param subnet attestation subnet, 0 to 63
   */
  towardsSubnet(subnet: number, epoch: number, preset: PresetName = 'mainnet'): string {
    const target = Uint8Array.from(this.#random(NODE_ID_BYTES))
    const [firstByte = 0] = target
    const place = firstByte % SUBNETS_PER_NODE
    const prefix = prefixOfSubnet(subnet, place, target[NODE_ID_BYTES - 1] ?? 0, epoch, preset)
    // The prefix is the upper 6 bits; the lower 2 stay random, and one of them has chosen the place.
    target[0] = (prefix << 2) | (firstByte & 3)
    return toHex(target)
  }
}

/** The eight bits of a byte in the opposite order. */
function reversedBits(byte: number): number {
  let reversed = 0
  for (let bit = 0; bit < 8; bit++) reversed |= ((byte >> bit) & 1) << (7 - bit)
  return reversed
}
