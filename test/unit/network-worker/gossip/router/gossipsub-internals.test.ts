import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gossipsub } from '@chainsafe/libp2p-gossipsub'
import {
  assertGossipsubShape,
  Gossipsub,
  type GossipsubInternals,
  type RouterComponents,
} from '../../../../../src/network-worker/gossip/router/gossipsub-internals.ts'

function silentLog() {
  return Object.assign(() => undefined, { error: () => undefined, trace: () => undefined, enabled: false })
}

/** The router of the installed library, made as libp2p makes it. */
function realRouter(): GossipsubInternals {
  const components = { logger: { forComponent: silentLog } } as unknown as RouterComponents
  return gossipsub()(components) as unknown as GossipsubInternals
}

/** Takes `member` out of `target` for the time of `run`. */
function without(target: object, member: string, run: () => void): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, member)
  assert.ok(descriptor !== undefined, `${member} is not where the test looks for it`)
  Reflect.deleteProperty(target, member)
  try {
    run()
  } finally {
    Object.defineProperty(target, member, descriptor)
  }
}

test('the installed library has the shape this project relies on', () => {
  assertGossipsubShape(realRouter())
  assert.ok(realRouter() instanceof Gossipsub)
})

test('an object of another shape is refused, with every missing field in the message', () => {
  const stranger = { peers: new Map(), score: {} } as unknown as GossipsubInternals
  assert.throws(
    () => assertGossipsubShape(stranger),
    (error) =>
      error instanceof Error &&
      ['mesh', 'topics', 'streamsOutbound', 'idontwants', 'seenCache', 'deliverMessage'].every((name) =>
        error.message.includes(name),
      ) &&
      !error.message.includes('peers,'),
  )
})

for (const method of ['forwardMessage', 'handleReceivedRpc', 'sendIDontWants']) {
  test(`a library without ${method} is refused by name`, () => {
    without(Gossipsub.prototype, method, () => {
      assert.throws(() => assertGossipsubShape(realRouter()), new RegExp(`missing:.*${method}`))
    })
  })
}

test('a renamed field is refused by name', () => {
  const router = realRouter()
  without(router, 'idontwants', () => assert.throws(() => assertGossipsubShape(router), /missing:.*idontwants/))
  assertGossipsubShape(router)
})
