/**
 * The Req/Resp a peer needs to be taken seriously: status, ping, metadata and goodbye, served and, for status, asked.
 * Spec: specs/phase0/p2p-interface.md#req-resp-interaction
 */
import type { Connection, Libp2p, Stream } from '@libp2p/interface'
import { type fulu, ssz } from '@lodestar/types'
import { encodeChunk, encodePayload, readPayload } from './reqresp-frames.ts'

/** What a peer says of itself, asked at each use. */
export interface LocalPeer {
  status(): fulu.Status
  metadata(): fulu.Metadata
}

const protocolId = (name: string, version: number): string => `/eth2/beacon_chain/req/${name}/${version}/ssz_snappy`

const STATUS_2 = protocolId('status', 2)
/** TTFB_TIMEOUT and RESP_TIMEOUT of older specs; loopback needs neither. */
const REQUEST_TIMEOUT_MS = 5_000

interface Service {
  readonly protocol: string
  /** SSZ bytes of the request; 0 for none. */
  readonly requestBytes: number
  /** SSZ bytes of the answer; undefined for none. */
  answer(local: LocalPeer): Uint8Array | undefined
}

function metadataOf(local: LocalPeer): Uint8Array {
  return ssz.fulu.Metadata.serialize(local.metadata())
}

const SERVICES: readonly Service[] = [
  { protocol: STATUS_2, requestBytes: 92, answer: (local) => ssz.fulu.Status.serialize(local.status()) },
  {
    protocol: protocolId('status', 1),
    requestBytes: 84,
    answer: (local) => ssz.phase0.Status.serialize(local.status()),
  },
  { protocol: protocolId('ping', 1), requestBytes: 8, answer: (local) => metadataOf(local).subarray(0, 8) },
  { protocol: protocolId('metadata', 3), requestBytes: 0, answer: metadataOf },
  {
    protocol: protocolId('metadata', 2),
    requestBytes: 0,
    answer: (local) => ssz.altair.Metadata.serialize(local.metadata()),
  },
  { protocol: protocolId('goodbye', 1), requestBytes: 8, answer: () => undefined },
]

async function serve(service: Service, stream: Stream, local: LocalPeer): Promise<void> {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  try {
    if (service.requestBytes > 0) await readPayload(stream, { prefixBytes: 0, sszBytes: service.requestBytes, signal })
    const answer = service.answer(local)
    if (answer !== undefined) stream.send(encodeChunk(answer))
    await stream.close({ signal })
  } catch (cause) {
    stream.abort(cause instanceof Error ? cause : new Error(String(cause)))
  }
}

/** Registers all protocols on a node that is not started yet. */
export async function serveReqResp(node: Libp2p, local: LocalPeer): Promise<void> {
  for (const service of SERVICES) {
    await node.handle(service.protocol, (stream) => serve(service, stream, local))
  }
}

/**
 * The handshake that a dialling peer owes: sends our status, waits for the other side's.
 * @throws Error when it does not answer in time or not with a status
 */
export async function exchangeStatus(connection: Connection, local: LocalPeer): Promise<fulu.Status> {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  const stream = await connection.newStream(STATUS_2, { signal })
  try {
    const answer = readPayload(stream, { prefixBytes: 1, sszBytes: 92, signal })
    stream.send(encodePayload(ssz.fulu.Status.serialize(local.status())))
    const [bytes] = await Promise.all([answer, stream.close({ signal })])
    return ssz.fulu.Status.deserialize(bytes)
  } catch (cause) {
    stream.abort(cause instanceof Error ? cause : new Error(String(cause)))
    throw cause
  }
}
