/** A peer is taken off while it is being dialled: libp2p's dial goes on, and what it brings is closed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type HeldDoor, holdDoor } from '../../support/held-door.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { type RunningRelay, startRelay, stateOf } from '../../support/two-nodes.ts'
import { until } from '../../support/until.ts'

interface Dial extends AsyncDisposable {
  readonly relay: RunningRelay
  readonly other: RunningRelay
  readonly door: HeldDoor
  readonly multiaddr: string
}

/** A relay that dials another one through a door that is closed as yet. */
async function dialling(): Promise<Dial> {
  await using stack = new AsyncDisposableStack()
  const config = { network: relayNetwork() }
  const relay = stack.use(await startRelay({ config }))
  const other = stack.use(await startRelay({ config }))
  const door = stack.use(await holdDoor(Number(/tcp\/(\d+)/.exec(other.addresses[0] ?? '')?.[1])))
  const multiaddr = `/ip4/127.0.0.1/tcp/${door.port}/p2p/${other.peerId}`
  await relay.control.connectPeer({ multiaddr })
  await until('the dial', () => door.callers === 1)
  const all = stack.move()
  return { relay, other, door, multiaddr, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

test('a dial that is called off ends in no connection', async () => {
  await using dial = await dialling()
  const { relay, other, door } = dial
  assert.equal(await stateOf(relay, other.peerId), 'connecting')
  await relay.control.disconnectPeer(other.peerId)
  assert.notEqual(await stateOf(relay, other.peerId), 'connecting')
  door.open()
  await until('the end', async () => (await relay.control.getPeer(other.peerId)).state === 'disconnected')
  await until('the goodbye', () => other.log.some(({ msg, reason }) => msg === 'peer says goodbye' && reason === 129))
  await until('the end there', async () => (await stateOf(other, relay.peerId)) === undefined)
})

test('one that is called off and asked for again ends in a connection', async () => {
  await using dial = await dialling()
  const { relay, other, door, multiaddr } = dial
  await relay.control.disconnectPeer(other.peerId)
  assert.deepEqual(await relay.control.connectPeer({ multiaddr }), { peer_id: other.peerId, action: 'connecting' })
  assert.equal(await stateOf(relay, other.peerId), 'connecting')
  door.open()
  await until('the connection', async () => (await stateOf(relay, other.peerId)) === 'connected')
  await until('that of the other', async () => (await stateOf(other, relay.peerId)) === 'connected')
})
