import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { createRandomPacket, type IPacket } from '@chainsafe/discv5/packet'
import { type Multiaddr, multiaddr } from 'multiaddr12'
import pino from 'pino'
import { UdpTransport } from '../../../src/discovery-worker/udp-transport.ts'
import type { UdpBind } from '../../../src/rpc/discovery-contract.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/until.ts'

const LOG = pino({ level: 'silent' })

function transport(...binds: UdpBind[]): { udp: UdpTransport; nodeId: string; packets: [Multiaddr, IPacket][] } {
  const nodeId = randomBytes(32).toString('hex')
  const udp = new UdpTransport({ binds, nodeId, clock: new FakeClock(), log: LOG })
  const packets: [Multiaddr, IPacket][] = []
  udp.on('packet', (from, packet) => packets.push([from, packet]))
  return { udp, nodeId, packets }
}

describe('UdpTransport', () => {
  test('IPv4 and IPv6 share a port number, and packets come in and go out by either', async () => {
    const first = transport({ address: '127.0.0.1', port: 0 })
    await first.udp.start()
    const port = first.udp.binds[0]?.port ?? 0
    await first.udp.stop()
    const both = transport({ address: '127.0.0.1', port }, { address: '::1', port })
    const other = transport({ address: '127.0.0.1', port: 0 }, { address: '::1', port: 0 })
    await both.udp.start()
    await other.udp.start()
    try {
      assert.deepEqual(
        both.udp.binds.map((bind) => bind.port),
        [port, port],
      )
      const packet = createRandomPacket(other.nodeId)
      for (const host of ['/ip4/127.0.0.1', '/ip6/::1']) {
        await other.udp.send(multiaddr(`${host}/udp/${port}`), both.nodeId, packet)
      }
      await until('both came', () => both.packets.length === 2)
      const sources = both.packets.map(([from]) => from.toString()).sort()
      assert.deepEqual(
        sources,
        other.udp.bindAddrs.map((addr) => addr.toString()),
      )
      assert.deepEqual(new Uint8Array(both.packets[0]?.[1].header.nonce ?? []), packet.header.nonce)
      assert.deepEqual([both.udp.counts.packetsIn, other.udp.counts.packetsOut], [2, 2])
    } finally {
      await both.udp.stop()
      await other.udp.stop()
    }
  })

  test('a port that is taken fails the start and leaves no socket', async () => {
    const first = transport({ address: '127.0.0.1', port: 0 })
    await first.udp.start()
    const port = first.udp.binds[0]?.port ?? 0
    const second = transport({ address: '::1', port }, { address: '127.0.0.1', port })
    await assert.rejects(second.udp.start(), { code: 'LISTEN_FAILED' })
    const third = transport({ address: '::1', port })
    await third.udp.start()
    await third.udp.stop()
    await first.udp.stop()
  })

  test('what cannot be sent is counted, and rejects nothing', async () => {
    const { udp, nodeId } = transport({ address: '127.0.0.1', port: 0 })
    await udp.start()
    const packet = createRandomPacket(nodeId)
    await udp.send(multiaddr('/ip6/::1/udp/9000'), nodeId, packet)
    await udp.send(multiaddr('/ip4/127.0.0.1/udp/0'), nodeId, packet)
    await udp.send(multiaddr('/ip4/127.0.0.1/udp/9'), nodeId, { ...packet, message: new Uint8Array(1300) })
    await udp.send(multiaddr('/ip4/203.0.113.1/udp/9000'), nodeId, packet)
    await until('all of them failed', () => udp.counts.dropped.unsendable === 4)
    await udp.stop()
    await udp.stop()
  })

  test('two addresses of one family, or none, are no configuration', () => {
    const bind = { address: '127.0.0.1', port: 0 }
    for (const binds of [[], [bind, bind], [bind, bind, { address: '::1', port: 0 }]]) {
      assert.throws(() => transport(...binds), { code: 'CONFIG_INVALID' })
    }
  })
})
