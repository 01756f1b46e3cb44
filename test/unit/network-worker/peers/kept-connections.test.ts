import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { KeptConnections } from '../../../../src/network-worker/peers/kept-connections.ts'
import { PeerRegistry } from '../../../../src/network-worker/peers/peer-registry.ts'
import type { DialTarget, DialView } from '../../../../src/rpc/peer-views.ts'
import { RelayError } from '../../../../src/shared/errors.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

/** Dials are the test's to answer: each fails silently, as a dial that reaches nobody does, unless `refusal` is set. */
function scene(addresses: Record<string, readonly string[]> = { peer: ['one'] }) {
  const clock = new FakeClock()
  const registry = new PeerRegistry()
  const dials: { atMs: number; address: string }[] = []
  const lines: { level: number; reason: string; msg: string }[] = []
  const state: { refusal: RelayError | undefined } = { refusal: undefined }
  const connect = (target: DialTarget): DialView => {
    dials.push({ atMs: clock.monotonicMs(), address: 'multiaddr' in target ? target.multiaddr : '' })
    if (state.refusal !== undefined) throw state.refusal
    return { peer_id: '', action: 'connecting' }
  }
  const kept = new KeptConnections({
    registry,
    dialer: { connect },
    clock,
    log: pino({ level: 'debug', base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    kind: 'trusted',
    retryFirstMs: 1000,
    retryLastMs: 8000,
    addressesOf: (peerId) => addresses[peerId] ?? [],
  })
  const arrive = (peerId = 'peer'): void => {
    const record = registry.enter(peerId, '', 'outbound')
    record.state = 'connected'
    record.connectedAtMs = clock.monotonicMs()
  }
  const leave = (peerId = 'peer'): void => registry.leave(registry.get(peerId) ?? assert.fail())
  const addressesDialled = (): string[] => dials.map(({ address }) => address)
  return { clock, kept, dials, lines, state, arrive, leave, addresses, addressesDialled }
}

test('a peer that is away is dialled at once, then after the first wait, doubled up to the last', () => {
  const { clock, kept, dials } = scene()
  kept.keep('peer')
  kept.start()
  clock.advance(40_000)
  assert.deepEqual(
    dials.map(({ atMs }) => atMs / 1000),
    [0, 1, 3, 7, 15, 23, 31, 39],
  )
  kept.stop()
  clock.advance(60_000)
  assert.equal(dials.length, 8)
  assert.equal(clock.pending, 0)
})

test('no timer runs while nobody is kept, and whoever comes later is dialled within a second', () => {
  const { clock, kept, dials } = scene()
  kept.start()
  assert.equal(clock.pending, 0)
  kept.keep('peer')
  clock.advance(1000)
  assert.equal(dials.length, 1)
  kept.drop('peer')
  assert.equal(clock.pending, 0)
  kept.stop()
  kept.keep('peer')
  assert.equal(clock.pending, 0)
})

test('a connection that holds ends the back-off, one that does not leaves it as it is', () => {
  const { clock, kept, dials, arrive, leave } = scene()
  kept.keep('peer')
  kept.start()
  clock.advance(7000)
  assert.equal(dials.length, 4)
  arrive()
  clock.advance(2000)
  leave()
  clock.advance(8000)
  assert.equal(dials.at(-1)?.atMs, 17_000, 'let in and sent away again: the wait of 8 s begins at the loss')
  arrive()
  clock.advance(61_000)
  assert.equal(dials.length, 5)
  leave()
  dials.length = 0
  clock.advance(4000)
  assert.deepEqual(
    dials.map(({ atMs }) => atMs / 1000),
    [79, 80, 82],
  )
  kept.stop()
})

test('a full peer that takes us in and sends us off half a minute later is dialled less and less often', () => {
  const { clock, kept, dials, arrive, leave } = scene()
  kept.keep('peer')
  kept.start()
  const waits: number[] = []
  for (let round = 0; round < 5; round++) {
    arrive()
    clock.advance(30_000)
    leave()
    const count = dials.length
    const leftAtMs = clock.monotonicMs()
    while (dials.length === count) clock.advance(1000)
    waits.push(clock.monotonicMs() - leftAtMs)
  }
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 8000])
})

test('addresses take turns; after a connection that held, the one that worked comes first', () => {
  const { clock, kept, arrive, leave, addressesDialled, dials } = scene({ peer: ['one', 'two', 'three'] })
  kept.keep('peer')
  kept.start()
  clock.advance(7000)
  assert.deepEqual(addressesDialled(), ['one', 'two', 'three', 'one'])
  clock.advance(8000)
  arrive()
  clock.advance(61_000)
  leave()
  dials.length = 0
  clock.advance(2000)
  assert.deepEqual(addressesDialled(), ['two', 'three'])
  kept.stop()
})

test('addresses are those known when a dial is due; with none there is no dial and no wait', () => {
  const { clock, kept, addresses, addressesDialled } = scene({})
  kept.keep('peer')
  kept.start()
  clock.advance(20_000)
  assert.deepEqual(addressesDialled(), [])
  addresses['peer'] = ['new']
  clock.advance(1000)
  assert.deepEqual(addressesDialled(), ['new'])
  addresses['peer'] = ['newer']
  clock.advance(1000)
  assert.deepEqual(addressesDialled(), ['new', 'newer'])
  kept.stop()
})

test('kept again it is due at once, dropped it is left alone, and others are not held up', () => {
  const { clock, kept, addressesDialled } = scene({ peer: ['one', 'two'], other: ['there'] })
  kept.start()
  kept.keep('peer')
  kept.dialDue()
  kept.keep('peer')
  kept.keep('other')
  kept.dialDue()
  assert.deepEqual(addressesDialled(), ['one', 'one', 'there'])
  kept.drop('peer')
  kept.drop('peer')
  clock.advance(1000)
  assert.deepEqual(addressesDialled(), ['one', 'one', 'there', 'there'])
  kept.stop()
})

test('a banned peer is told of once at debug, any other refusal each time at warn', () => {
  const { clock, kept, state, lines, dials } = scene()
  const [debug, warn] = [20, 40]
  const levels = (): number[] => lines.map(({ level }) => level)
  state.refusal = new RelayError('PEER_BANNED', 'peer is banned')
  kept.keep('peer')
  kept.start()
  clock.advance(7000)
  assert.equal(dials.length, 4)
  assert.deepEqual(levels(), [debug])
  assert.deepEqual([lines[0]?.msg, lines[0]?.reason], ['trusted peer not dialled', 'peer is banned'])
  state.refusal = new RelayError('DIAL_QUEUE_FULL', 'too many dials under way')
  clock.advance(16_000)
  assert.deepEqual(levels(), [debug, warn, warn])
  state.refusal = undefined
  clock.advance(8000)
  state.refusal = new RelayError('PEER_BANNED', 'peer is banned')
  clock.advance(16_000)
  assert.deepEqual(levels(), [debug, warn, warn, debug], 'banned anew, told anew')
  kept.stop()
})
