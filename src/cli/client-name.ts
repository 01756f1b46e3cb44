import type { RlpItem } from '../consensus/rlp-encode.ts'

/** EIP-7636: a node's software, in its own words. */
export interface ClientName {
  readonly name: string
  readonly version: string
  /** Null when it is not said. */
  readonly build: string | null
}

/** The list of a record's `client` field; null when it is missing or has another form. */
export function clientNameOf(value: RlpItem | undefined): ClientName | null {
  if (value === undefined || value instanceof Uint8Array || value.length > 3) return null
  const words = value.map(textOf)
  const [name, version, build = null] = words
  if (name == null || version == null || words.includes(undefined)) return null
  return { name, version, build }
}

function textOf(item: RlpItem): string | undefined {
  if (!(item instanceof Uint8Array)) return undefined
  const text = Buffer.from(item.buffer, item.byteOffset, item.length).toString('utf8')
  return Buffer.from(text, 'utf8').equals(item) ? text : undefined
}
