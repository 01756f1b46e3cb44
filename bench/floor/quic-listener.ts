/** The native part of @chainsafe/libp2p-quic, called as `host/quic` calls it (ADR 21), and nothing above it. */
import { quic } from '@chainsafe/libp2p-quic'
import { generateKeyPair } from '@libp2p/crypto/keys'
import type { MultiaddrConnection, Upgrader } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import {
  type NativeConnection,
  type NativeStream,
  takeConnection,
} from '../../src/network-worker/host/quic/native-quic.ts'
import { ReadPace } from '../../src/network-worker/host/quic/read-pace.ts'
import { silentLogger } from '../../test/support/memory-wire.ts'
import { until } from '../../test/support/until.ts'
import type { FloorListener, Link } from './listener.ts'

type UpgradeOptions = Parameters<Upgrader['upgradeInbound']>[1]

/** One write is under way; what is sent meanwhile goes together with the next one, since several would not keep their order. */
class QuicLink implements Link {
  readonly #stream: NativeStream
  #waiting: Uint8Array[] = []
  #isWriting = false

  constructor(stream: NativeStream) {
    this.#stream = stream
  }

  send(message: Uint8Array): number {
    this.#waiting.push(message)
    if (!this.#isWriting) void this.#writeAll()
    return message.length
  }

  /** A write that fails rejects, which ends the process: no figure is to be made of what is left. */
  async #writeAll(): Promise<void> {
    this.#isWriting = true
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      const bytes = this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting)
      this.#waiting = []
      await this.#stream.write(bytes)
    }
    this.#isWriting = false
  }
}

/** Reads to the end. */
async function readAll(stream: NativeStream, onBytes: (bytes: number) => void): Promise<void> {
  const pace = new ReadPace()
  try {
    for (;;) {
      const bytes = await stream.read(pace.bytes)
      if (bytes === undefined || bytes === null) return
      pace.took(bytes.length)
      onBytes(bytes.length)
    }
  } catch {
    // The other end is gone; what is lost by it is counted there.
  }
}

/** Hands over the native connection instead of making libp2p's of it. */
function takingUpgrader(
  take: (connection: NativeConnection) => void,
  onStream: (stream: NativeStream) => void,
): Upgrader {
  const upgrader: Pick<Upgrader, 'upgradeInbound'> = {
    upgradeInbound: async (connection: MultiaddrConnection, { muxerFactory }: UpgradeOptions) => {
      if (muxerFactory === undefined) throw new TypeError('a connection of QUIC without its streams')
      take(takeConnection(muxerFactory, connection, onStream))
    },
  }
  // All that the listener asks of an upgrader.
  return upgrader as Upgrader
}

export async function listenQuic(): Promise<FloorListener> {
  const privateKey = await generateKeyPair('secp256k1')
  const connections: NativeConnection[] = []
  let receivedBytes = 0
  const onStream = (stream: NativeStream): void => {
    void readAll(stream, (bytes) => {
      receivedBytes += bytes
    })
  }
  const upgrader = takingUpgrader((connection) => connections.push(connection), onStream)
  const listener = quic()({ privateKey, logger: silentLogger }).createListener({ upgrader })
  await listener.listen(multiaddr('/ip4/127.0.0.1/udp/0/quic-v1'))
  const [address] = listener.getAddrs()
  if (address === undefined) throw new Error('no address to listen on')
  return {
    address: `${address}/p2p/${peerIdFromPrivateKey(privateKey)}`,
    get receivedBytes() {
      return receivedBytes
    },
    async links(count) {
      await until(`${count} connections`, () => connections.length >= count)
      return await Promise.all(connections.map(async (each) => new QuicLink(await each.outboundStream())))
    },
  }
}
