/** Req/Resp requests as bytes, for peers that write them by hand. */
import { encodeFrames } from '../../src/consensus/snappy/snappy-frames.ts'
import type { RawRequest } from './go-wire-peer.ts'

export const PROTOCOL = {
  ping: '/eth2/beacon_chain/req/ping/1/ssz_snappy',
  status: '/eth2/beacon_chain/req/status/2/ssz_snappy',
} as const

/** A whole request: its length, below 128, and its frames. */
function requestOf(protocolId: string, ssz: Uint8Array): RawRequest {
  return { protocolId, data: Buffer.concat([Buffer.of(ssz.length), encodeFrames(ssz)]) }
}

export function pingRequest(): RawRequest {
  const sequenceNumber = Buffer.alloc(8)
  return requestOf(PROTOCOL.ping, sequenceNumber)
}

/** A Status of version 2 at genesis, of the network with this digest. */
export function statusRequest(forkDigestHex: string): RawRequest {
  const statusBytes = 92
  return requestOf(PROTOCOL.status, Buffer.concat([Buffer.from(forkDigestHex, 'hex'), Buffer.alloc(statusBytes - 4)]))
}
