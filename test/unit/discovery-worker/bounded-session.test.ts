import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { createKeypair, SessionService } from '@chainsafe/discv5'
import { decodeWhoAreYouAuthdata, type IPacket, PacketType } from '@chainsafe/discv5/packet'
import { ENR, type SignableENR } from '@chainsafe/enr'
import { multiaddr } from 'multiaddr12'
import pino from 'pino'
import {
  BoundedSession,
  MAX_OPEN_REQUESTS,
  MAX_REQUESTS_PER_NODE,
} from '../../../src/discovery-worker/bounded-session.ts'
import { sessionEvents } from '../../../src/discovery-worker/discv5-events.ts'
import { sessionInternals } from '../../../src/discovery-worker/session-internals.ts'
import { UdpTransport } from '../../../src/discovery-worker/udp-transport.ts'
import { testRecord } from '../../support/discv5-node.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const CONFIG = {
  requestTimeout: 60_000,
  requestRetries: 1,
  sessionTimeout: 86_400_000,
  sessionEstablishTimeout: 15_000,
  sessionCacheCapacity: 10,
  allowUnverifiedSessions: true,
}
const PING = 1
const FINDNODE = 3
const NODES = 4

interface Scene extends AsyncDisposable {
  readonly session: BoundedSession
  readonly clock: FakeClock
  readonly failed: bigint[]
  readonly sent: IPacket[]
  readonly local: SignableENR
  ask(node: ENR, id: bigint, type?: 1 | 3): void
}

/** The session service on a socket whose packets nobody answers. */
async function scene(): Promise<Scene> {
  const clock = new FakeClock()
  const secretKey = new Uint8Array(randomBytes(32))
  const local = testRecord({ udpPort: 9000, secretKey })
  const binds = [{ address: '127.0.0.1', port: 0 }]
  const transport = new UdpTransport({ binds, nodeId: local.nodeId, clock, log: pino({ level: 'silent' }) })
  const keypair = createKeypair({ type: 'secp256k1', privateKey: secretKey })
  const sent: IPacket[] = []
  transport.send = async (_to, _id, packet) => void sent.push(packet)
  const session = new BoundedSession(clock, CONFIG, local, keypair, transport)
  const failed: bigint[] = []
  sessionEvents(session).on('requestFailed', (id) => failed.push(id))
  await session.start()
  const ask = (node: ENR, id: bigint, type: 1 | 3 = PING): void => {
    const contact = contactOf(node)
    session.sendRequest(contact, type === PING ? { type, id, enrSeq: 1n } : { type, id, distances: [256] })
  }
  return { session, clock, failed, sent, local, ask, [Symbol.asyncDispose]: () => session.stop() }
}

/** As the library makes it of a record. */
function contactOf(record: ENR): Parameters<SessionService['sendRequest']>[0] {
  return {
    type: 0,
    publicKey: createKeypair({ type: 'secp256k1', publicKey: record.publicKey }),
    nodeAddress: { nodeId: record.nodeId, socketAddr: multiaddr(`/ip4/${record.ip}/udp/${record.udp}`) },
    enr: record,
  }
}

function otherNode(i = 1): ENR {
  return ENR.decode(testRecord({ address: `127.9.${i >> 8}.${i & 255}`, udpPort: 9000 }).encode())
}

describe('BoundedSession', () => {
  test('eight requests to one node may be open; the next fails at once, and one to ourselves does', async () => {
    await using it = await scene()
    const node = otherNode()
    for (let i = 0; i < MAX_REQUESTS_PER_NODE; i++) it.ask(node, BigInt(i))
    assert.deepEqual(it.failed, [])
    it.ask(node, 100n)
    it.ask(ENR.decode(it.local.encode()), 101n)
    assert.deepEqual(it.failed, [100n, 101n])
    it.ask(otherNode(2), 102n)
    assert.equal(it.session.openRequests, MAX_REQUESTS_PER_NODE + 1)
    assert.equal(it.session.refusedRequests, 2)
  })

  test('a thousand in all', async () => {
    await using it = await scene()
    const nodes = Array.from({ length: MAX_OPEN_REQUESTS / MAX_REQUESTS_PER_NODE + 1 }, (_, i) => otherNode(i))
    for (const [n, node] of nodes.entries()) {
      for (let i = 0; i < MAX_REQUESTS_PER_NODE; i++) it.ask(node, BigInt(n * 100 + i))
    }
    assert.equal(it.session.openRequests, MAX_OPEN_REQUESTS)
    assert.equal(it.failed.length, MAX_REQUESTS_PER_NODE)
  })

  test('a node that keeps a request open with ever more packets loses it, and all that wait behind, after 20 s', async () => {
    await using it = await scene()
    const node = otherNode()
    for (let i = 0; i < 4; i++) it.ask(node, BigInt(i), FINDNODE)
    const contact = contactOf(node)
    for (let second = 0; second < 30; second++) {
      it.clock.advance(1000)
      const packet = { type: NODES as 4, id: 0n, total: 1_000_000, enrs: [] }
      sessionEvents(it.session).emit('response', contact.nodeAddress, packet)
    }
    assert.deepEqual([...new Set(it.failed)].sort(), [0n, 1n, 2n, 3n])
    assert.equal(it.session.openRequests, 0)
    assert.equal(sessionInternals(it.session).activeRequests.size, 0)
    assert.equal(it.session.abandonedRequests, 4)
  })

  test('what is answered leaves room: one packet, or as many as were announced', async () => {
    await using it = await scene()
    const node = otherNode()
    const { socketAddr } = contactOf(node).nodeAddress
    it.ask(node, 1n, FINDNODE)
    it.ask(node, 2n, FINDNODE)
    const answer = (id: bigint, total: number) =>
      sessionEvents(it.session).emit(
        'response',
        { nodeId: node.nodeId, socketAddr },
        { type: NODES as 4, id, total, enrs: [] },
      )
    answer(1n, 1)
    assert.equal(it.session.openRequests, 1)
    answer(2n, 3)
    answer(2n, 3)
    assert.equal(it.session.openRequests, 1)
    answer(2n, 3)
    assert.equal(it.session.openRequests, 0)
  })

  test('a WHOAREYOU asks for the record with sequence number 0, where upstream writes an enormous one', async () => {
    await using it = await scene()
    const node = otherNode()
    const { nodeAddress } = contactOf(node)
    const seqOf = (packet: IPacket | undefined) => {
      assert.equal(packet?.header.flag, PacketType.WhoAreYou)
      return decodeWhoAreYouAuthdata(packet.header.authdata).enrSeq
    }
    it.session.sendChallenge(nodeAddress, new Uint8Array(12), node)
    assert.equal(seqOf(it.sent[0]), 0n)
    const { config, keypair, transport } = {
      config: CONFIG,
      keypair: it.session.keypair,
      transport: it.session.transport,
    }
    new SessionService(config, it.local, keypair, transport).sendChallenge(nodeAddress, new Uint8Array(12), node)
    assert.equal(seqOf(it.sent[1]), 2n ** 56n, 'mended upstream: the override may go')
  })
})
