import type { PeerIdStr } from '../../shared/ids.ts'
import { encodeMetadata } from './codec/metadata-codec.ts'
import { decodeStatus, encodeStatus } from './codec/status-codec.ts'
import { encodeUint64, readUint64 } from './codec/uint64.ts'
import { type ProtocolSpec, statusVersion } from './protocols.ts'
import type { LocalNode, ReqRespHooks } from './types.ts'

/** What a good request leads to: first the reply, which a peer may be timing, then the news for the node. */
export interface Answered {
  /** SSZ of the response; undefined when the protocol needs none. */
  readonly reply: Uint8Array | undefined
  readonly notify: () => void
}

export type AnswerFn = (peerId: PeerIdStr, protocol: ProtocolSpec, ssz: Uint8Array) => Answered | undefined

/**
 * The answers of this node. The function made takes `protocol.requestBytes` of SSZ, answers in the version that was
 * agreed on, and returns undefined when the bytes are not a value of the request's type. It throws what `local` throws.
 */
export function createAnswers(local: LocalNode, hooks: ReqRespHooks): AnswerFn {
  return (peerId, protocol, ssz) => {
    switch (protocol.name) {
      case 'status': {
        const version = statusVersion(protocol)
        const status = decodeStatus(ssz, version)
        if (status === undefined) return undefined
        return { reply: encodeStatus(local.status(), version), notify: () => hooks.onStatus(peerId, status) }
      }
      case 'ping': {
        const seqNumber = readUint64(ssz, 0)
        return {
          reply: encodeUint64(local.metadata().seqNumber),
          notify: () => hooks.onPing(peerId, seqNumber),
        }
      }
      case 'metadata':
        return { reply: encodeMetadata(local.metadata(), protocol.version), notify: () => undefined }
      case 'goodbye': {
        const reason = readUint64(ssz, 0)
        // Clients that say goodbye do not wait for the specification's echo of the reason.
        return { reply: undefined, notify: () => hooks.onGoodbye(peerId, reason) }
      }
    }
  }
}
