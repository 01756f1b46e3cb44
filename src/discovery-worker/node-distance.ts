/** Bits of a node id. */
const ID_BITS = 256

/** XOR of two ids of 64 hex digits: how far they are apart. */
export function xorDistance(a: string, b: string): bigint {
  return BigInt(`0x${a}`) ^ BigInt(`0x${b}`)
}

/** The bucket that `b` is in, seen from `a`: 1 to 256; 0 for the same id (discv5-theory, "logarithmic distance"). */
export function log2Distance(a: string, b: string): number {
  const distance = xorDistance(a, b)
  return distance === 0n ? 0 : distance.toString(2).length
}

/** The `count` widest distances, at which nearly all nodes are, the widest first, without those of `except`. */
export function widestDistances(count: number, except: readonly number[]): number[] {
  return Array.from({ length: count }, (_, at) => ID_BITS - at).filter((distance) => !except.includes(distance))
}

/** The `count` distances to ask `from` for, when looking for `target`: the exact one first, then those next to it. */
export function distancesTowards(target: string, from: string, count: number): number[] {
  const exact = Math.max(1, log2Distance(target, from))
  const distances = [exact]
  for (let step = 1; distances.length < count && step < ID_BITS; step++) {
    for (const near of [exact + step, exact - step]) {
      if (near >= 1 && near <= ID_BITS && distances.length < count) distances.push(near)
    }
  }
  return distances
}
