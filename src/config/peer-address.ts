/** Lists of peers: ENRs and multiaddrs that the network worker can use. What it could not is a mistake of the configuration. */
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { NodeRecord } from '../shared/node-record.ts'
import { isPeerId } from '../shared/peer-id-form.ts'
import { siblingUrl } from '../shared/worker-url.ts'
import { listWith, MAX_PORT } from './value-types.ts'

const ENR_PREFIX = 'enr:'
const NEITHER = 'is not an ENR (enr:…) or a multiaddr (/ip4/…/tcp/…)'
const MULTIADDR = /^\/(ip4|ip6|dns|dns4|dns6)\/([^/\s]+)\/(tcp|udp)\/([1-9]\d{0,4})((?:\/[^/\s]+)*)$/
const DNS_NAME = /^[a-z0-9._-]+$/i

/** What is wrong with an item, to follow it in a sentence; undefined when nothing is. */
type Fault = string | undefined

/** Peers that can be dialled and told from others: ENRs with an address, multiaddrs with a peer id. */
export function peerAddresses(maxItems?: number) {
  return listWith((text) => (text.startsWith(ENR_PREFIX) ? peerRecordFault(text) : peerMultiaddrFault(text)), maxItems)
}

/** Boot nodes, which discovery asks over UDP: their records may have no address for peers, their multiaddrs no id. */
export function bootNodes() {
  return listWith((text) => {
    if (!text.startsWith(ENR_PREFIX)) return outlineOf(text) === undefined ? NEITHER : undefined
    const record = recordOf(text)
    return typeof record === 'string' ? record : undefined
  })
}

function peerRecordFault(text: string): Fault {
  const record = recordOf(text)
  if (typeof record === 'string') return record
  return record.addresses.length === 0 ? 'has no TCP or QUIC address' : undefined
}

/** The record, its signature verified, or what is wrong with it. */
function recordOf(text: string): NodeRecord | string {
  try {
    return decoder().decodeNodeRecord(text)
  } catch (cause) {
    return `is an ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

/** Loaded by the first record: its libraries take 50 ms and 20 MB, which a start without records does without. */
function decoder(): typeof import('../consensus/decode-node-record.ts') {
  return createRequire(import.meta.url)(fileURLToPath(siblingUrl(import.meta.url, '../consensus/decode-node-record')))
}

function peerMultiaddrFault(text: string): Fault {
  const outline = outlineOf(text)
  if (outline === undefined) return NEITHER
  const [, carrier, peerId] = /^(.*?)\/p2p\/([^/]+)$/.exec(outline.rest) ?? []
  if (peerId === undefined) return 'does not end in /p2p/<peer id>'
  if (!isPeerId(peerId)) return 'has no valid peer id after /p2p/'
  return carrier === (outline.transport === 'tcp' ? '' : '/quic-v1')
    ? undefined
    : 'is neither /tcp/… nor /udp/…/quic-v1'
}

/** The parts of a multiaddr that begins with a host and a port, or undefined. */
function outlineOf(text: string): { readonly transport: string; readonly rest: string } | undefined {
  const [, kind = '', host = '', transport = '', port, rest = ''] = MULTIADDR.exec(text) ?? []
  if (port === undefined || Number(port) > MAX_PORT) return undefined
  return isHost(kind, host) ? { transport, rest } : undefined
}

function isHost(kind: string, host: string): boolean {
  if (kind === 'ip4') return isIP(host) === 4
  return kind === 'ip6' ? isIP(host) === 6 && !host.includes('%') : DNS_NAME.test(host)
}
