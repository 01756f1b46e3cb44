import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MESSAGE_CLASSES, type MessageClass } from '../../../../../src/network-worker/gossip/message-class.ts'
import { OUTBOX_BYTES, STREAM_WATERMARK_BYTES } from '../../../../../src/network-worker/gossip/sending/peer-outbox.ts'
import { type Drop, MAX_AGE_MS, outboxScene } from './outbox-scene.ts'

interface Waiting {
  readonly id: string
  readonly name: MessageClass
  readonly bytes: number
  readonly atMs: number
}

function rank({ name }: Waiting): number {
  return MESSAGE_CLASSES.indexOf(name)
}

/** The outbox as its document has it, with plain arrays and no thought of speed. */
class OutboxModel {
  readonly sent: string[] = []
  readonly drops: Drop[] = []
  readonly spared: string[] = []
  readonly unwanted = new Set<string>()
  nowMs = 0
  streamBytes = STREAM_WATERMARK_BYTES
  #waiting: Waiting[] = []

  get bytes(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  offer(id: string, name: MessageClass, bytes: number): boolean {
    const message = { id, name, bytes, atMs: this.nowMs }
    if (this.#waiting.length === 0 && this.streamBytes < STREAM_WATERMARK_BYTES) {
      this.#send(message)
      return true
    }
    if (bytes > OUTBOX_BYTES) {
      this.drops.push({ id, reason: 'queue_full' })
      return false
    }
    this.#waiting.push(message)
    while (this.bytes > OUTBOX_BYTES) {
      const cheapest = Math.max(...this.#waiting.map(rank))
      const victim = this.#waiting.find((other) => rank(other) === cheapest)
      this.#remove(victim)
      this.drops.push({ id: victim?.id ?? '', reason: 'queue_full' })
    }
    return this.#waiting.includes(message)
  }

  drain(): void {
    for (const message of this.#dearestFirst()) {
      if (this.streamBytes >= STREAM_WATERMARK_BYTES) return
      this.#remove(message)
      if (this.#isSpared(message)) continue
      if (this.nowMs - message.atMs > MAX_AGE_MS) this.drops.push({ id: message.id, reason: 'stale' })
      else this.#send(message)
    }
  }

  withdraw(): void {
    const isLarge = ({ name }: Waiting): boolean => name === 'block' || name === 'sidecar'
    for (const message of this.#dearestFirst()) if (isLarge(message) && this.#isSpared(message)) this.#remove(message)
  }

  clear(): void {
    for (const { id } of this.#dearestFirst()) this.drops.push({ id, reason: 'stream_lost' })
    this.#waiting = []
  }

  #isSpared({ id }: Waiting): boolean {
    if (!this.unwanted.has(id)) return false
    this.spared.push(id)
    return true
  }

  /** The sort is stable: the oldest of a class stays first. */
  #dearestFirst(): Waiting[] {
    return this.#waiting.toSorted((a, b) => rank(a) - rank(b))
  }

  #remove(message: Waiting | undefined): void {
    this.#waiting = this.#waiting.filter((other) => other !== message)
  }

  #send({ id, bytes }: Waiting): void {
    this.sent.push(id)
    this.streamBytes += bytes
  }
}

type Step = (model: OutboxModel, real: ReturnType<typeof outboxScene>, id: string) => void

const anyOffer = fc
  .record({
    name: fc.constantFrom(...MESSAGE_CLASSES),
    bytes: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: Math.floor(OUTBOX_BYTES / 3) }) },
      { weight: 1, arbitrary: fc.integer({ min: OUTBOX_BYTES - 1, max: OUTBOX_BYTES + 2 }) },
    ),
  })
  .map(
    ({ name, bytes }): Step =>
      (model, real, id) =>
        assert.equal(real.offer(id, name, bytes), model.offer(id, name, bytes)),
  )

const anyRoom = fc.integer({ min: 0, max: 3 * STREAM_WATERMARK_BYTES }).map(
  (taken): Step =>
    (model, real) => {
      model.streamBytes = Math.max(0, model.streamBytes - taken)
      real.state.writeBufferLength = model.streamBytes
      model.drain()
      real.outbox.drain(real.stream)
    },
)

const anyUnwanted = fc.nat(60).map(
  (index): Step =>
    (model, real) => {
      model.unwanted.add(`m${index}`)
      real.unwanted.add(`m${index}`)
    },
)

const anyWait = fc.integer({ min: 0, max: 15_000 }).map(
  (ms): Step =>
    (model, real) => {
      model.nowMs += ms
      real.state.nowMs += ms
    },
)

const withdrawal: Step = (model, real) => {
  model.withdraw()
  real.outbox.withdraw()
}

const loss: Step = (model, real) => {
  model.clear()
  real.outbox.clear('stream_lost')
}

const anyStep = fc.oneof(
  { weight: 12, arbitrary: anyOffer },
  { weight: 2, arbitrary: anyRoom },
  { weight: 3, arbitrary: anyUnwanted },
  { weight: 2, arbitrary: fc.constant(withdrawal) },
  { weight: 1, arbitrary: anyWait },
  { weight: 1, arbitrary: fc.constant(loss) },
)

test('bounded, dearest first, oldest first within a class, and every message accounted for', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const model = new OutboxModel()
      const real = outboxScene()
      real.state.writeBufferLength = model.streamBytes
      for (const [index, step] of steps.entries()) {
        step(model, real, `m${index}`)
        assert.ok(real.outbox.bytes <= OUTBOX_BYTES)
        assert.equal(real.outbox.bytes, model.bytes)
        if (model.bytes === 0) assert.equal(real.outbox.waitingMs, 0)
      }
      assert.deepEqual(real.sent, model.sent)
      assert.deepEqual(real.drops, model.drops)
      assert.deepEqual(real.spared, model.spared)
    }),
    { numRuns: 150 },
  )
})
