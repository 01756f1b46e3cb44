import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { createHeader, createRandomPacket, decodePacket, encodePacket, PacketType } from '@chainsafe/discv5/packet'
import fc from 'fast-check'
import { type LiveDiscovery, randomTarget, startDiscovery } from '../../support/discovery-node.ts'
import { type Discv5Node, startDiscv5Node } from '../../support/discv5-node.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { openStranger, recordPackets, type UdpStranger } from '../../support/udp-stranger.ts'
import { until } from '../../support/until.ts'

/** Packets sent before it is waited until they were read: what the quota of one sender lets in. */
const BATCH = 20
/** Enough for the quotas to forget what came before. */
const QUOTA_MS = 10_000
/** The machine may be busy with other tests. */
const PATIENT = { requestTimeoutMs: 4000 }

/** Sends each packet, none of them limited, and waits until our node has read them all. */
async function throwAt(ours: LiveDiscovery, clock: FakeClock, from: UdpStranger, packets: readonly Uint8Array[]) {
  const { packetsIn } = await ours.control.getView()
  let sent = 0
  for (const packet of packets) {
    await from.send(packet, ours.address, ours.udpPort)
    sent++
    if (sent % BATCH > 0 && sent < packets.length) continue
    await until('our node read them', async () => (await ours.control.getView()).packetsIn >= packetsIn + sent)
    clock.advance(QUOTA_MS)
  }
}

/** Whether it is a WHOAREYOU to the node with that id. */
function isChallenge(packet: Uint8Array, nodeId: string): boolean {
  try {
    return decodePacket(nodeId, packet).header.flag === PacketType.WhoAreYou
  } catch {
    return false
  }
}

/** Of all but one id in 65,536; six of them leave out one in 64. */
const DISTANCES = Array.from({ length: 16 }, (_, index) => 256 - index)

/** One node we know, and one that gets to know us, now. */
async function assertWorks(ours: LiveDiscovery, friend: Discv5Node): Promise<void> {
  const usAt = (node: Discv5Node) => node.discv5.getKadValue(ours.nodeIdHex) ?? assert.fail('it does not know us')
  await friend.discv5.sendPing(usAt(friend))
  await using stranger = await startDiscv5Node({
    ...PATIENT,
    address: friend.address,
    bootnodes: [ours.settings.enr],
  })
  const enrs = await stranger.discv5.sendFindNode(usAt(stranger), DISTANCES)
  assert.ok(enrs.some((enr) => enr.nodeId === friend.nodeIdHex))
  const { closest } = await ours.control.lookup(randomTarget())
  assert.ok(closest >= 1)
}

/** A packet with a sound header of any flag, id and authdata. */
function headed(toId: string, flag: number, authdata: Uint8Array, message: Uint8Array): Uint8Array {
  const header = createHeader(PacketType.Message, authdata)
  header.flag = flag
  return encodePacket(toId, { maskingIv: new Uint8Array(randomBytes(16)), header, message })
}

test('property: 2,000 kinds of malformed packets; the node goes on and the counters tell', async () => {
  const clock = new FakeClock()
  await using ours = await startDiscovery({ address: '127.1.3.1', clock })
  await using friend = await startDiscv5Node({ ...PATIENT, address: '127.1.3.2', bootnodes: [ours.settings.enr] })
  const real = recordPackets(friend, ours.nodeIdHex)
  await friend.discv5.findRandomNode()
  await until('a session', async () => (await ours.control.getView()).sessions === 1)
  assert.ok(real.length >= 2)

  const bytes = (constraints: fc.IntArrayConstraints) => fc.uint8Array(constraints)
  const genuine = fc.constantFrom(...real)
  const malformed = fc.oneof(
    bytes({ maxLength: 62 }),
    bytes({ minLength: 63, maxLength: 1280 }),
    bytes({ minLength: 1281, maxLength: 2000 }),
    fc.tuple(genuine, fc.nat(1279)).map(([packet, at]) => packet.slice(0, at % packet.length)),
    fc.tuple(genuine, bytes({ minLength: 1, maxLength: 1300 })).map((parts) => Buffer.concat(parts)),
    fc.tuple(genuine, fc.nat(1279 * 8)).map(([packet, bit]) => {
      const turned = new Uint8Array(packet)
      const at = (bit >> 3) % packet.length
      turned[at] = (turned[at] ?? 0) ^ (1 << (bit & 7))
      return turned
    }),
    fc
      .tuple(fc.constantFrom(0, 1, 2, 3, 255), bytes({ maxLength: 400 }), bytes({ minLength: 20, maxLength: 200 }))
      .map(([flag, authdata, message]) => headed(ours.nodeIdHex, flag, authdata, message)),
    fc
      .tuple(fc.constantFrom(0, 1, 2), fc.constantFrom(24, 32, 131, 200), bytes({ minLength: 20, maxLength: 60 }))
      .map(([flag, size, message]) => headed(ours.nodeIdHex, flag, new Uint8Array(randomBytes(size)), message)),
  )
  const packets = fc.sample(malformed, 2000)
  const before = await ours.control.getView()
  await using attacker = await openStranger('127.1.3.3')
  await throwAt(ours, clock, attacker, packets)

  const view = await ours.control.getView()
  const { undersized, oversized, undecodable, failed, ...others } = view.droppedPackets
  assert.equal(undersized, packets.filter(({ length }) => length < 63).length)
  assert.equal(oversized, packets.filter(({ length }) => length > 1280).length)
  assert.ok((undecodable ?? 0) > 200, `${undecodable} undecodable`)
  assert.equal(failed, 0)
  assert.deepEqual(new Set(Object.values(others)), new Set([0]))
  assert.equal(view.sessions, before.sessions)
  assert.equal(view.routingTableSize, before.routingTableSize)
  const sum = (list: readonly Uint8Array[]) => list.reduce((total, { length }) => total + length, 0)
  assert.ok(sum(attacker.received) < sum(packets), 'nothing is amplified')
  await assertWorks(ours, friend)
})

test('a packet that claims our own id, on which discv5 throws, is counted and logged once', async () => {
  const clock = new FakeClock()
  await using ours = await startDiscovery({ address: '127.1.3.4', clock })
  await using friend = await startDiscv5Node({ ...PATIENT, address: '127.1.3.5', bootnodes: [ours.settings.enr] })
  await friend.discv5.findRandomNode()
  await using attacker = await openStranger('127.1.3.6')
  const packet = () => encodePacket(ours.nodeIdHex, createRandomPacket(ours.nodeIdHex))
  await throwAt(ours, clock, attacker, [packet(), packet(), packet()])
  assert.equal((await ours.control.getView()).droppedPackets['failed'], 3)
  assert.equal(ours.logged.filter(({ msg }) => msg === 'discv5 failed on a packet').length, 1)
  await assertWorks(ours, friend)
})

test('packets of a real session, replayed from its own socket and from others', async () => {
  const clock = new FakeClock()
  await using ours = await startDiscovery({ address: '127.1.3.7', clock })
  await using friend = await startDiscv5Node({ ...PATIENT, address: '127.1.3.8', bootnodes: [ours.settings.enr] })
  const victim = await startDiscv5Node({ ...PATIENT, address: '127.1.3.9', bootnodes: [ours.settings.enr] })
  const real = recordPackets(victim, ours.nodeIdHex)
  await friend.discv5.findRandomNode()
  await victim.discv5.findRandomNode()
  await until('two sessions', async () => (await ours.control.getView()).sessions === 2)
  await victim.stop()
  const before = await ours.control.getView()

  // As if the sender's address were forged: the same bytes from another address and port know no session.
  await using elsewhere = await openStranger('127.1.3.10')
  await throwAt(ours, clock, elsewhere, [...real, ...real])
  const spoofed = await ours.control.getView()
  assert.equal(spoofed.sessions, 2)
  assert.equal(spoofed.messagesIn['FINDNODE'], before.messagesIn['FINDNODE'])
  // What came before the WHOAREYOU of another id is all that came: one while it is unanswered, whatever follows it.
  const other = randomBytes(32).toString('hex')
  await throwAt(ours, clock, elsewhere, [encodePacket(ours.nodeIdHex, createRandomPacket(other))])
  await until('the WHOAREYOU of another', () => elsewhere.received.some((packet) => isChallenge(packet, other)))
  assert.deepEqual(
    elsewhere.received.map((packet) => isChallenge(packet, victim.nodeIdHex)),
    [true, false],
  )

  // From the very socket: the handshake answers no challenge that is open; ordinary messages read as they did.
  await using same = await openStranger(victim.address, victim.udpPort)
  await throwAt(ours, clock, same, [...real, ...real, ...real])
  const replayed = await ours.control.getView()
  assert.ok(replayed.sessions <= 2)
  assert.equal(replayed.routingTableSize, 2)
  assert.equal(replayed.droppedPackets['failed'], 0)
  await assertWorks(ours, friend)
})
