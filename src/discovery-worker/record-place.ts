import type { ENR } from '@chainsafe/enr'
import ipaddr from 'ipaddr.js'
import { type PlacedAddress, placeAddress } from './address-scope.ts'

const ADDRESS_BYTES = { ip: 4, ip6: 16 } as const

/**
 * Where a record says that its node is; undefined for what is missing or no address of one node. A value may be a list,
 * whatever the library's type says: it must not make whoever reads it throw, as one such record is enough.
 */
export function placeOf({ kvs }: ENR, key: keyof typeof ADDRESS_BYTES): PlacedAddress | undefined {
  const value: unknown = kvs.get(key)
  if (!(value instanceof Uint8Array) || value.length !== ADDRESS_BYTES[key]) return undefined
  return placeAddress(ipaddr.fromByteArray([...value]).toString())
}
