/** Whatever waits for the uplink, and whenever: nothing is lost or sent twice, and the line is neither idle nor ahead of itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MESSAGE_CLASSES, type MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import { AHEAD_MS, SHORT_WAIT_MS, UplinkLine } from '../../../../../src/network-worker/gossip/sending/uplink-line.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

/** Timers are of whole ms. */
const TIMER_MS = 1
const MAX_COPY_MS = 20
/** Of a block on a line of a few Mbit: short messages do not wait for it. */
const LONGEST_COPY_MS = 2_000
/** How often the line is looked at, at least. */
const LOOK_MS = 50
const FLUSH_MS = 1
/** Flushes that may come together, each taking the line for a while. */
const PEERS = ['a', 'b', 'c']

type Step =
  | { readonly kind: 'copy'; readonly name: MessageClass; readonly ms: number }
  | { readonly kind: 'votes'; readonly peerId: string }
  | { readonly kind: 'pass'; readonly ms: number }

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('copy' as const),
      name: fc.constantFrom(...MESSAGE_CLASSES),
      ms: fc.oneof(fc.integer({ min: 1, max: MAX_COPY_MS }), fc.integer({ min: 1, max: LONGEST_COPY_MS })),
    }),
    fc.record({ kind: fc.constant('votes' as const), peerId: fc.constantFrom(...PEERS) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 50 }) }),
  ),
  { maxLength: 80 },
)

function scene() {
  const clock = new FakeClock()
  const offered: string[] = []
  const sent: { readonly told: string; readonly name: MessageClass; readonly atMs: number }[] = []
  const joined = new Map<string, number>()
  let clearAtMs = 0
  const backlogMs = (): number => Math.max(0, clearAtMs - clock.monotonicMs())
  const take = (ms: number): void => {
    clearAtMs = clock.monotonicMs() + backlogMs() + ms
  }
  const line = new UplinkLine<{ readonly told: string; readonly ms: number }>({
    clock,
    backlogMs,
    maxAgeMs: Number.POSITIVE_INFINITY,
    send: ({ message, told }) => {
      assert.ok(backlogMs() <= AHEAD_MS, `${told.told} left while the line had ${backlogMs()} ms to do`)
      sent.push({ told: told.told, name: message.class, atMs: clock.monotonicMs() })
      take(told.ms)
    },
    flush: (peerId) => {
      const waitedMs = clock.monotonicMs() - (joined.get(peerId) ?? Number.NaN)
      const limitMs = SHORT_WAIT_MS + LOOK_MS
      assert.ok(waitedMs <= limitMs, `${peerId} waited for ${waitedMs} ms`)
      joined.delete(peerId)
      take(FLUSH_MS)
    },
    onDropped: () => assert.fail('there was room'),
  })
  const run = (step: Step): void => {
    if (step.kind === 'pass') clock.advance(step.ms)
    else if (step.kind === 'votes') {
      if (!joined.has(step.peerId)) joined.set(step.peerId, clock.monotonicMs())
      line.waitJoined(step.peerId)
    } else {
      const told = `${step.name} ${offered.length}`
      offered.push(told)
      const frame = new Uint8Array(step.ms)
      const message = { frame, rpc: frame, msgId: told, class: step.name, queuedAtMs: clock.monotonicMs() }
      line.wait({ peerId: 'a', message, told: { told, ms: step.ms } })
    }
  }
  return { clock, line, offered, sent, joined, run }
}

test('every copy leaves once, in order within its class, votes in time, and then nothing is left over', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { clock, line, offered, sent, joined, run } = scene()
      for (const step of all) run(step)
      clock.advance(offered.length * (LONGEST_COPY_MS + TIMER_MS) + PEERS.length * FLUSH_MS + SHORT_WAIT_MS)
      assert.deepEqual(sent.map(({ told }) => told).sort(), [...offered].sort())
      for (const name of MESSAGE_CLASSES) {
        const numbers = sent.filter((one) => one.name === name).map(({ told }) => Number(told.split(' ')[1]))
        assert.deepEqual(
          numbers,
          [...numbers].sort((one, other) => one - other),
        )
      }
      assert.deepEqual([line.bytes, joined.size, clock.pending], [0, 0, 0])
    }),
  )
})

test('a line with something to send is never idle for longer than a timer is late', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: MAX_COPY_MS }), { minLength: 1, maxLength: 40 }), (copies) => {
      const { clock, sent, run } = scene()
      for (const ms of copies) run({ kind: 'copy', name: 'sidecar', ms })
      clock.advance(copies.length * (MAX_COPY_MS + TIMER_MS))
      let clearAtMs = 0
      for (const [index, { atMs }] of sent.entries()) {
        assert.ok(atMs <= clearAtMs, `copy ${index} left at ${atMs} ms, the line was clear at ${clearAtMs}`)
        clearAtMs = Math.max(clearAtMs, atMs) + (copies[index] ?? 0)
      }
    }),
  )
})
