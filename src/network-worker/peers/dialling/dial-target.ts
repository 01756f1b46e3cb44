import { ENR } from '@chainsafe/enr'
import { peerIdFromString } from '@libp2p/peer-id'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { DialAddresses, DialTarget } from '../../../rpc/peer-views.ts'
import { RelayError } from '../../../shared/errors.ts'
import type { PeerIdStr } from '../../../shared/ids.ts'
import { parseMultiaddr } from '../../host/addresses.ts'

/** Whom to dial and where: every address ends in `/p2p/<id>`. */
export interface ResolvedTarget {
  readonly peerId: PeerIdStr
  readonly addresses: readonly Multiaddr[]
  readonly enr: string | undefined
}

/** Longer than any node record (300 bytes of RLP, base64) or multiaddr we would dial. */
const MAX_TARGET_CHARACTERS = 1024

/** A peer id in its text form, normalised. @throws RelayError BAD_PEER_ID */
export function parsePeerId(text: string): PeerIdStr {
  try {
    return peerIdFromString(text).toString()
  } catch (cause) {
    throw new RelayError('BAD_PEER_ID', 'invalid peer id', {}, { cause })
  }
}

/** A target as the command line takes it: a node record when it begins with `enr:`, else a multiaddr. */
export function targetOfText(text: string): DialTarget {
  return text.startsWith('enr:') ? { enr: text } : { multiaddr: text }
}

/**
 * Parses what an operator gave. Of a record, TCP comes before QUIC (ADR 42); addresses keep their order.
 * @throws RelayError BAD_ENR, BAD_MULTIADDR, BAD_REQUEST (addresses of several peers)
 */
export function resolveTarget(target: DialTarget | DialAddresses): ResolvedTarget {
  if ('enr' in target) return resolveEnr(target.enr)
  return 'multiaddr' in target ? resolveMultiaddr(target.multiaddr) : resolveMultiaddrs(target.multiaddrs)
}

/** Ids of the peers that texts name, ENRs or multiaddrs; a text that names none is left out. */
export function configuredPeers(texts: readonly string[]): ReadonlySet<PeerIdStr> {
  const peerIds = new Set<PeerIdStr>()
  for (const text of texts) {
    try {
      peerIds.add(resolveTarget(targetOfText(text)).peerId)
    } catch {
      // Whoever dials it says so.
    }
  }
  return peerIds
}

function resolveMultiaddrs(texts: readonly string[]): ResolvedTarget {
  const [first, ...others] = texts.map(resolveMultiaddr)
  if (first === undefined) throw new RelayError('BAD_MULTIADDR', 'no multiaddr')
  if (others.some(({ peerId }) => peerId !== first.peerId)) {
    throw new RelayError('BAD_REQUEST', 'all multiaddrs must name one peer')
  }
  return { ...first, addresses: [first, ...others].flatMap(({ addresses }) => addresses) }
}

function resolveEnr(text: string): ResolvedTarget {
  const record = decodeEnr(text)
  const peerId = record.peerId.toString()
  const addresses: Multiaddr[] = []
  for (const protocol of ['tcp4', 'tcp6', 'quic4', 'quic6'] as const) {
    const location = record.getLocationMultiaddr(protocol)
    // Its multiaddr object is of another major version than ours: text crosses, objects do not.
    const address = location === undefined ? undefined : parseMultiaddr(`${location.toString()}/p2p/${peerId}`)
    if (address !== undefined) addresses.push(address)
  }
  if (addresses.length === 0) throw new RelayError('BAD_ENR', 'invalid ENR: it has no TCP or QUIC address')
  return { peerId, addresses, enr: text }
}

/** Decodes and verifies the signature. */
function decodeEnr(text: string): ENR {
  if (text.length > MAX_TARGET_CHARACTERS) throw new RelayError('BAD_ENR', 'invalid ENR: too long')
  try {
    const record = ENR.decodeTxt(text)
    if (record.keypairType !== 'secp256k1') throw new Error('not a secp256k1 record')
    return record
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new RelayError('BAD_ENR', `invalid ENR: ${why.slice(0, 100)}`, {}, { cause })
  }
}

function resolveMultiaddr(text: string): ResolvedTarget {
  const address = text.length > MAX_TARGET_CHARACTERS ? undefined : parseMultiaddr(text)
  if (address === undefined) throw new RelayError('BAD_MULTIADDR', 'invalid multiaddr')
  const parts = address.getComponents()
  const last = parts.at(-1)
  if (last?.name !== 'p2p' || last.value === undefined) {
    throw new RelayError('BAD_MULTIADDR', 'invalid multiaddr: it must end in /p2p/<peer id>')
  }
  if (!parts.some((part) => part.name === 'tcp' || part.name === 'quic-v1')) {
    throw new RelayError('BAD_MULTIADDR', 'invalid multiaddr: neither /tcp nor /quic-v1')
  }
  return { peerId: parsePeerId(last.value), addresses: [address], enr: undefined }
}
