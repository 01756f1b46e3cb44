/**
 * Process entry of a swarm of @chainsafe/discv5 nodes with js-libp2p hosts: commands as JSON lines on stdin, answers
 * and events on stdout, the end of stdin is its own. See discovery-swarm.ts for what is said.
 */
import { hash } from 'node:crypto'
import { defaultCrypto, ENR, setV4Crypto } from '@chainsafe/enr'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection } from '@libp2p/interface'
import { fromHex } from '../../src/shared/hex.ts'
import type {
  AskedRecord,
  FoundEvent,
  RecordFields,
  SwarmNode,
  SwarmNodeOptions,
  SwarmNodeState,
} from './discovery-swarm.ts'
import { type Discv5Node, startDiscv5Node } from './discv5-node.ts'
import { freshStatus, GossipPeer } from './gossip-peer.ts'
import { serveJsonLines, tell } from './json-line-commands.ts'

/** One node of discv5 and its libp2p host, under one key. */
interface Member {
  readonly host: GossipPeer
  readonly discovery: Discv5Node
}

/** Whom a node meets first: those so many places after it. Steps of a Golomb ruler, so that no two meet the same. */
const ACQUAINTANCES = [1, 4, 9, 11] as const
/** Forty nodes share this thread, and may ask another busy one at the same time. */
const REQUEST_TIMEOUT_MS = 2_000
/** Results kept of records' signatures: every node hears of every other again and again. */
const MAX_VERIFIED = 4_096

const members: Member[] = []
const verified = new Map<string, boolean>()

/** Checking a signature takes milliseconds in JavaScript, and is most of what this process does without a memory. */
function verifyOnce(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const key = hash('sha256', Buffer.concat([publicKey, signature, message]))
  const known = verified.get(key)
  if (known !== undefined) return known
  const isValid = defaultCrypto.verify(publicKey, message, signature)
  if (verified.size < MAX_VERIFIED) verified.set(key, isValid)
  return isValid
}

/** Fields of a record as bytes, by key. */
function fieldsOf({ eth2, nfd, attnets, syncnets, cgc }: RecordFields): Readonly<Record<string, Uint8Array>> {
  const fields: Record<string, Uint8Array> = {}
  for (const [key, hex] of Object.entries({ eth2, nfd, attnets, syncnets })) {
    if (hex !== undefined) fields[key] = fromHex(hex)
  }
  if (cgc !== undefined) fields['cgc'] = Uint8Array.of(cgc)
  return fields
}

/** Tells of connections that others open, and of their end. */
function reportConnections(host: GossipPeer): void {
  const report = (event: FoundEvent['event'], { direction, remotePeer }: Connection): void => {
    const found: FoundEvent = { event, node: host.peerId, peer: remotePeer.toString(), atMs: Date.now() }
    if (direction === 'inbound') tell(found)
  }
  host.node.addEventListener('connection:open', ({ detail }) => report('found', detail))
  host.node.addEventListener('connection:close', ({ detail }) => report('left', detail))
}

async function startMember(options: SwarmNodeOptions, bootnodes: readonly string[]): Promise<Member> {
  const { address, view, hidesTcp = false } = options
  const privateKey = await generateKeyPair('secp256k1')
  const host = await GossipPeer.start({
    privateKey,
    listen: `/ip4/${address}/tcp/0`,
    status: () => freshStatus(view.status.forkDigest ?? '00000000'),
    userAgent: 'starling-discovery-swarm/1',
  })
  reportConnections(host)
  const tcp = Number(host.address.split('/')[4])
  const discovery = await startDiscv5Node({
    address,
    secretKey: privateKey.raw,
    bootnodes,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    ...(hidesTcp ? {} : { tcp }),
  })
  setFields(discovery, options)
  return { host, discovery }
}

function setFields(discovery: Discv5Node, fields: RecordFields): void {
  for (const [key, value] of Object.entries(fieldsOf(fields))) discovery.setField(key, value)
}

/**
 * Each new node says hello to the bootnodes and a few of its own kind, so that every one is in some tables. Lookups of
 * forty nodes would keep this one thread busy for a minute: they are left to those that want to know.
 */
async function introduce(nodes: readonly Discv5Node[], bootnodes: readonly string[]): Promise<void> {
  for (const [index, { discv5 }] of nodes.entries()) {
    const others = ACQUAINTANCES.map((step) => nodes[(index + step) % nodes.length]?.enr ?? '')
    const known = [...bootnodes, ...others].map((enr) => ENR.decodeTxt(enr))
    await Promise.allSettled(
      known.filter(({ nodeId }) => nodeId !== discv5.enr.nodeId).map((enr) => discv5.sendPing(enr)),
    )
  }
}

function nameOf({ discovery: { peerId, nodeIdHex, enr } }: Member): SwarmNode {
  return { peerId, nodeId: nodeIdHex, enr }
}

async function start(args: {
  readonly nodes: readonly SwarmNodeOptions[]
  readonly bootnodes: readonly string[]
}): Promise<readonly SwarmNode[]> {
  const started: Member[] = []
  for (const options of args.nodes) {
    const first = started[0]
    const bootnodes = args.bootnodes.length > 0 || first === undefined ? args.bootnodes : [first.discovery.enr]
    started.push(await startMember(options, bootnodes))
  }
  members.push(...started)
  await introduce(
    started.map(({ discovery }) => discovery),
    args.bootnodes,
  )
  return started.map(nameOf)
}

function state({ nodeId }: { readonly nodeId: string }): readonly SwarmNodeState[] {
  return members.map(({ discovery: { discv5, peerId } }) => ({
    peerId,
    tableSize: discv5.kadValues().length,
    live: discv5.connectedPeerCount,
    held: (nodeId === '' ? undefined : discv5.getKadValue(nodeId))?.encodeTxt() ?? '',
  }))
}

async function ask({ enr }: { readonly enr: string }): Promise<readonly AskedRecord[]> {
  return Promise.all(
    members.map(async ({ discovery: { discv5, peerId } }) => {
      try {
        const [told] = await discv5.sendFindNode(ENR.decodeTxt(enr), [0])
        return told === undefined
          ? { peerId, enr: '', error: 'no record' }
          : { peerId, enr: told.encodeTxt(), error: '' }
      } catch (cause) {
        return { peerId, enr: '', error: cause instanceof Error ? cause.message : String(cause) }
      }
    }),
  )
}

function setRecord(args: { readonly peerId: string } & RecordFields): SwarmNode {
  const member = members.find(({ discovery }) => discovery.peerId === args.peerId)
  if (member === undefined) throw new Error(`no such node: ${args.peerId}`)
  setFields(member.discovery, args)
  return nameOf(member)
}

serveJsonLines({
  discoveryStart: start,
  discoveryState: state,
  discoveryAsk: ask,
  discoveryRecord: setRecord,
})

setV4Crypto({ ...defaultCrypto, verify: verifyOnce })
