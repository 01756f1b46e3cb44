/** What Prysm thinks of its peers, asked over gRPC: Debug/ListPeers of proto/prysm/v1alpha1/debug.proto, by hand. */
import { connect } from 'node:http2'
import { LENGTH_DELIMITED, ProtobufReader } from '../../src/shared/protobuf-reader.ts'

const PATH = '/ethereum.eth.v1alpha1.Debug/ListPeers'
const TIMEOUT_MS = 10_000
/** gRPC's own frame: not compressed, and four bytes of length; the request is an empty message. */
const FRAME_HEAD_BYTES = 5
/** ConnectionState.CONNECTED */
const CONNECTED = 2
const FIXED_32 = 5

export interface PrysmPeer {
  readonly peerId: string
  readonly isConnected: boolean
  /** Bad responses it was counted; six make a peer bad. */
  readonly faults: number
  /** Below −100 a peer is bad. */
  readonly gossipScore: number
  readonly behaviourPenalty: number
  /** Invalid messages by topic, decayed; topics without any are left out. */
  readonly invalidDeliveries: Readonly<Record<string, number>>
}

/** @throws Error when the node does not answer, or not as v7.1.2 does */
export async function listPrysmPeers(grpcPort: number): Promise<readonly PrysmPeer[]> {
  const session = connect(`http://127.0.0.1:${grpcPort}`)
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  session.once('error', reject)
  session.setTimeout(TIMEOUT_MS, () => reject(new Error('no answer over gRPC')))
  const stream = session.request({
    ':method': 'POST',
    ':path': PATH,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => void chunks.push(chunk))
  stream.once('trailers', (trailers) => {
    const status = String(trailers['grpc-status'] ?? 'none')
    if (status !== '0') reject(new Error(`gRPC status ${status}: ${String(trailers['grpc-message'] ?? '')}`))
  })
  stream.once('error', reject)
  stream.once('end', () => resolve(Buffer.concat(chunks)))
  stream.end(Buffer.alloc(FRAME_HEAD_BYTES))
  try {
    return decodePeers((await promise).subarray(FRAME_HEAD_BYTES))
  } finally {
    session.close()
  }
}

/** DebugPeerResponses. @throws Error for bytes that are no such message */
export function decodePeers(bytes: Uint8Array): readonly PrysmPeer[] {
  return fieldsOf(bytes).flatMap(({ number, value }) => (number === 1 && isBytes(value) ? [decodePeer(value)] : []))
}

interface Field {
  readonly number: number
  /** Varints are exact below 2⁵³; fixed 32-bit fields are all floats here. */
  readonly value: number | Uint8Array
}

function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const reader = new ProtobufReader(bytes)
  const fields: Field[] = []
  while (reader.at < reader.end) {
    const tag = reader.varint()
    const number = tag >>> 3
    const { at } = reader
    switch (tag & 7) {
      case 0:
        fields.push({ number, value: reader.varint() })
        break
      case LENGTH_DELIMITED:
        fields.push({ number, value: reader.view() })
        break
      case FIXED_32:
        reader.skip(tag)
        fields.push({ number, value: new DataView(bytes.buffer, bytes.byteOffset + at, 4).getFloat32(0, true) })
        break
      default:
        reader.skip(tag)
    }
  }
  return fields
}

function isBytes(value: number | Uint8Array): value is Uint8Array {
  return typeof value !== 'number'
}

function numberAt(fields: readonly Field[], number: number): number {
  const value = fields.findLast((field) => field.number === number)?.value
  return typeof value === 'number' ? value : 0
}

function bytesAt(fields: readonly Field[], number: number): Uint8Array {
  const value = fields.findLast((field) => field.number === number)?.value
  return value === undefined || !isBytes(value) ? new Uint8Array() : value
}

function decodePeer(bytes: Uint8Array): PrysmPeer {
  const peer = fieldsOf(bytes)
  const info = fieldsOf(bytesAt(peer, 6))
  const score = fieldsOf(bytesAt(peer, 9))
  const invalid: Record<string, number> = {}
  for (const { number, value } of score) {
    if (number !== 4 || !isBytes(value)) continue
    const entry = fieldsOf(value)
    const count = numberAt(fieldsOf(bytesAt(entry, 2)), 4)
    if (count > 0) invalid[Buffer.from(bytesAt(entry, 1)).toString()] = count
  }
  return {
    peerId: Buffer.from(bytesAt(peer, 4)).toString(),
    isConnected: numberAt(peer, 3) === CONNECTED,
    faults: numberAt(info, 4),
    gossipScore: numberAt(score, 5),
    behaviourPenalty: numberAt(score, 6),
    invalidDeliveries: invalid,
  }
}
