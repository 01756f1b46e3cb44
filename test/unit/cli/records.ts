import { SignableENR } from '@chainsafe/enr'

/** Any secret: the records of tests are all of one node. */
export const SECRET = new Uint8Array(32).fill(7)
export const PEER_ID = SignableENR.createV4(SECRET).peerId.toString()

/** A signed record with these fields beside its key. A value may be a list, which the library's type does not say. */
export function signedRecord(fields: Readonly<Record<string, unknown>>, seq = 9n): string {
  const record = SignableENR.createV4(SECRET, fields as Record<string, Uint8Array>)
  record.seq = seq
  return record.encodeTxt()
}

export function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function text(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, 'utf8'))
}
