/**
 * A node of discv5 without a line of the relay's discovery code: the library as it is, with its own transport, on an
 * address of 127.0.0.0/8 of its own. Its record says what the test wants it to say.
 */
import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createKeypair, Discv5, SessionService, UDPTransportService } from '@chainsafe/discv5'
import { SignableENR } from '@chainsafe/enr'
import { multiaddr } from 'multiaddr12'
import { fromHex } from '../../src/shared/hex.ts'
import { until } from './until.ts'

const FAR_FUTURE_EPOCH = 2n ** 64n - 1n

export interface Discv5NodeOptions {
  /** Default 127.0.0.1. Every address of 127.0.0.0/8 works on Linux without setting one up. */
  readonly address?: string
  /** Default a free one. */
  readonly udpPort?: number
  /** 32 bytes; default random. */
  readonly secretKey?: Uint8Array
  /** 8 hex digits: the first part of `eth2`; the next version is the same four bytes and nothing is scheduled. */
  readonly forkDigestHex?: string
  /** `eth2` as it is, 16 bytes; wins over `forkDigestHex`. */
  readonly eth2?: Uint8Array
  readonly attnets?: Uint8Array
  readonly syncnets?: Uint8Array
  readonly tcp?: number
  readonly quic?: number
  /** Any other field, by its key. */
  readonly fields?: Readonly<Record<string, Uint8Array>>
  /** Records of the nodes it begins with. */
  readonly bootnodes?: readonly string[]
  /** Default 500: on loopback everything answers at once or not at all. */
  readonly requestTimeoutMs?: number
}

export interface Discv5Node extends AsyncDisposable {
  readonly discv5: Discv5
  readonly address: string
  readonly udpPort: number
  readonly peerId: string
  readonly nodeIdHex: string
  /** The record as it is now. */
  readonly enr: string
  /** Sets a field of the record, so that its sequence number rises by one. Nobody is told. */
  setField(key: string, value: Uint8Array): void
  /** Ids of the nodes in its routing table. */
  known(): readonly string[]
  stop(): Promise<void>
}

/** ENRForkID with nothing scheduled: digest, the same four bytes as version, the epoch that never comes. */
export function eth2Field(forkDigestHex: string, next?: { versionHex: string; epoch: number }): Uint8Array {
  const bytes = new Uint8Array(16)
  bytes.set(fromHex(forkDigestHex, 4), 0)
  bytes.set(fromHex(next?.versionHex ?? forkDigestHex, 4), 4)
  new DataView(bytes.buffer).setBigUint64(8, next === undefined ? FAR_FUTURE_EPOCH : BigInt(next.epoch), true)
  return bytes
}

/** A UDP port that nobody has on `address`, at least a moment ago. */
export async function freeUdpPort(address: string): Promise<number> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, address, resolve)
  })
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

/** A record of a node at `address`, signed; tests of decoders and of the transport need it without the node. */
export function testRecord(options: Discv5NodeOptions & { readonly udpPort: number }): SignableENR {
  const { address = '127.0.0.1', udpPort, secretKey = new Uint8Array(randomBytes(32)) } = options
  const record = SignableENR.createV4(secretKey)
  if (address.includes(':')) {
    record.ip6 = address
    record.udp6 = udpPort
  } else {
    record.ip = address
    record.udp = udpPort
  }
  if (options.tcp !== undefined) record.tcp = options.tcp
  if (options.quic !== undefined) record.quic = options.quic
  const eth2 = options.eth2 ?? (options.forkDigestHex === undefined ? undefined : eth2Field(options.forkDigestHex))
  const { attnets, syncnets } = options
  for (const [key, value] of Object.entries({ ...options.fields, eth2, attnets, syncnets })) {
    if (value !== undefined) record.set(key, value)
  }
  record.seq = 1n
  return record
}

/** Starts a node; it has its socket when this resolves. */
export async function startDiscv5Node(options: Discv5NodeOptions = {}): Promise<Discv5Node> {
  const { address = '127.0.0.1', secretKey = new Uint8Array(randomBytes(32)) } = options
  const udpPort = options.udpPort ?? (await freeUdpPort(address))
  const record = testRecord({ ...options, udpPort, secretKey })
  const bind = multiaddr(`/${address.includes(':') ? 'ip6' : 'ip4'}/${address}/udp/${udpPort}`)
  const bindAddrs = address.includes(':') ? { ip6: bind } : { ip4: bind }
  const config = {
    addrVotesToUpdateEnr: 10,
    requestTimeout: options.requestTimeoutMs ?? 500,
    requestRetries: 1,
    sessionTimeout: 86_400_000,
    sessionEstablishTimeout: 15_000,
    sessionCacheCapacity: 2000,
    lookupParallelism: 3,
    lookupRequestLimit: 3,
    lookupNumResults: 16,
    lookupTimeout: 5_000,
    pingInterval: 300_000,
    enrUpdate: false,
    allowUnverifiedSessions: false,
  }
  const transport = new UDPTransportService({ bindAddrs, nodeId: record.nodeId })
  const keypair = createKeypair({ type: 'secp256k1', privateKey: secretKey })
  const discv5 = new Discv5(config, new SessionService(config, record, keypair, transport))
  await discv5.start()
  for (const enr of options.bootnodes ?? []) discv5.addEnr(enr)
  const stop = () => discv5.stop()
  return {
    discv5,
    address,
    udpPort,
    peerId: record.peerId.toString(),
    nodeIdHex: record.nodeId,
    get enr() {
      return record.encodeTxt()
    },
    setField: (key, value) => record.set(key, value),
    known: () => discv5.kadValues().map((enr) => enr.nodeId),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Lets each node look around until every one of them knows at least `atLeast` others. */
export async function untilMeshed(nodes: readonly Discv5Node[], atLeast: number, timeoutMs = 20_000): Promise<void> {
  const few = () => nodes.filter((node) => node.known().length < atLeast)
  await until(
    `each of ${nodes.length} nodes knows ${atLeast} others`,
    async () => {
      await Promise.all(few().map((node) => node.discv5.findRandomNode()))
      return few().length === 0
    },
    timeoutMs,
  )
}
