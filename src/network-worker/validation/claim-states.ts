/** Number keys from here on go into a map: three times the indices that mainnet's registry has. */
const PAGED_KEYS = 2 ** 23
/** A page has so many keys, two in a byte: 4 KiB. Indices of one network lie close together, so that pages fill up. */
const PAGE_KEYS = 2 ** 13
/** Keys of a map, some 100 bytes each: far more than a slot or an epoch truly has. The oldest makes room. */
const MAX_MAPPED_KEYS = 2 ** 14

/**
 * A number from 0 to 15 for each key, 0 where none was set. Paged tables are for validator indices and the like, half
 * a byte each: an epoch of mainnet's million attesters among 2.3 million indices takes 1.2 MB. What is scattered, or no
 * number, is in a map. Bounded by 4 MiB of pages and 16,384 keys of the map.
 */
export class ClaimStates {
  readonly #pages: (Uint8Array | undefined)[] | undefined
  readonly #map = new Map<number | string, number>()

  constructor(isPaged: boolean) {
    this.#pages = isPaged ? [] : undefined
  }

  get(key: number | string): number {
    const pages = this.#pages
    if (pages === undefined || typeof key === 'string' || key >= PAGED_KEYS) return this.#map.get(key) ?? 0
    const pair = pages[Math.floor(key / PAGE_KEYS)]?.[(key % PAGE_KEYS) >> 1] ?? 0
    return isOdd(key) ? pair >> 4 : pair & 15
  }

  set(key: number | string, state: number): void {
    const pages = this.#pages
    if (pages === undefined || typeof key === 'string' || key >= PAGED_KEYS) this.#setMapped(key, state)
    else setPaged(pages, key, state)
  }

  #setMapped(key: number | string, state: number): void {
    this.#map.set(key, state)
    if (this.#map.size <= MAX_MAPPED_KEYS) return
    const [oldest] = this.#map.keys()
    if (oldest !== undefined) this.#map.delete(oldest)
  }
}

function setPaged(pages: (Uint8Array | undefined)[], key: number, state: number): void {
  const number = Math.floor(key / PAGE_KEYS)
  const page = pages[number] ?? new Uint8Array(PAGE_KEYS / 2)
  pages[number] = page
  const at = (key % PAGE_KEYS) >> 1
  const pair = page[at] ?? 0
  page[at] = isOdd(key) ? (pair & 15) | (state << 4) : (pair & 0xf0) | state
}

function isOdd(key: number): boolean {
  return (key & 1) === 1
}
