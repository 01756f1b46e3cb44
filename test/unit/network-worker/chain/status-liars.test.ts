/** Who lies about what is final, and when, must not matter while honest peers are more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { StatusTruth } from '../../../../src/network-worker/chain/status-truth.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { smallNetwork } from '../small-network.ts'
import { root, statusOf } from './status-of.ts'

const NETWORK = smallNetwork()
const NOW_SLOT = 200
const LAST_EPOCH = 12
const HONEST = [0, 1, 2, 3, 4]

/** A liar's vote, after so many honest peers have moved on to the epoch; of our chain where it has no root of its own. */
const lie = fc.record({
  after: fc.nat({ max: HONEST.length - 1 }),
  liar: fc.nat({ max: 2 }),
  epoch: fc.integer({ min: 1, max: LAST_EPOCH + 3 }),
  rootByte: fc.constantFrom(0xee, 0xef, undefined),
})

/** How the honest peers move on by one epoch, and what is said meanwhile. */
const move = fc.record({
  order: fc.shuffledSubarray(HONEST, { minLength: HONEST.length }),
  lies: fc.array(lie, { maxLength: 12 }),
})

type Lie = typeof lie extends fc.Arbitrary<infer Value> ? Value : never
type Move = typeof move extends fc.Arbitrary<infer Value> ? Value : never

class Scene {
  readonly truth: StatusTruth

  constructor() {
    const clock = new FakeClock(NETWORK.genesisTimeSeconds * 1000 + NOW_SLOT * NETWORK.slotDurationMs)
    this.truth = new StatusTruth({
      schedule: createForkSchedule(NETWORK),
      slotClock: createSlotClock(NETWORK, clock),
    })
  }

  honest(peer: number, epoch: number): void {
    this.truth.vote(`honest ${peer}`, `network ${peer}`, statusOf(epoch, epoch * NETWORK.slotsPerEpoch + 20))
  }

  tell({ liar, epoch, rootByte }: Lie): void {
    const fake = rootByte === undefined ? {} : { finalizedRootHex: root(rootByte) }
    this.truth.vote(`liar ${liar}`, `liars ${liar}`, statusOf(epoch, 150, fake))
  }

  /** Every honest peer moves on to `epoch`; at no moment is a root told that is not our chain's. */
  moveOn({ order, lies }: Move, epoch: number): void {
    for (const [moved, peer] of order.entries()) {
      this.honest(peer, epoch)
      for (const one of lies) if (one.after === moved) this.tell(one)
      const { finalizedEpoch, finalizedRootHex } = this.truth.status()
      assert.equal(finalizedRootHex, root(finalizedEpoch), `epoch ${finalizedEpoch}`)
    }
  }
}

test('where five networks follow one chain, three liars never bring us to tell of another, nor to fall behind', () => {
  fc.assert(
    fc.property(fc.array(move, { minLength: 3, maxLength: LAST_EPOCH - 2 }), (moves) => {
      const scene = new Scene()
      for (const epoch of [1, 2]) for (const peer of HONEST) scene.honest(peer, epoch)
      for (const [index, next] of moves.entries()) {
        const epoch = index + 3
        scene.moveOn(next, epoch)
        assert.equal(scene.truth.status().finalizedEpoch, epoch - 1)
      }
    }),
    { numRuns: 300 },
  )
})
