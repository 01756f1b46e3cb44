import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DialQueue, MAX_QUEUED_DIALS } from '../../../../../src/network-worker/peers/dialling/dial-queue.ts'
import { RedialBook } from '../../../../../src/network-worker/peers/dialling/redial-book.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'

const candidates = fc.uniqueArray(
  fc.record({ peer: fc.nat({ max: 99 }), rttMs: fc.option(fc.nat({ max: 300 }), { nil: undefined }) }),
  { selector: ({ peer }) => peer, maxLength: 60 },
)

test('whatever is offered, all are dialled once, in order, within the room and the sixteen', async () => {
  await fc.assert(
    fc.asyncProperty(candidates, fc.integer({ min: 1, max: 30 }), async (offered, places) => {
      const dialled: string[] = []
      let underWay = 0
      let most = 0
      const queue = new DialQueue({
        dialer: {
          dial: async ({ peerId }) => {
            dialled.push(peerId)
            most = Math.max(most, ++underWay)
            await Promise.resolve()
            underWay--
            return false
          },
        },
        redial: new RedialBook(new FakeClock()),
        room: () => places - underWay,
        mayDial: () => true,
      })
      for (const { peer, rttMs } of offered) {
        queue.offer({ target: { peerId: `${peer}`, addresses: [], enr: undefined }, expectedRttMs: rttMs })
      }
      queue.drain()
      await new Promise((resolve) => setImmediate(resolve))
      // A stable sort of the offers is the promise told again.
      const expected = offered.toSorted((a, b) => (a.rttMs ?? 1e9) - (b.rttMs ?? 1e9)).map(({ peer }) => `${peer}`)
      assert.deepEqual(dialled, expected)
      assert.equal(most, Math.min(offered.length, places, MAX_QUEUED_DIALS))
      assert.deepEqual([queue.running, queue.waiting, queue.dropped], [0, 0, 0])
    }),
    { numRuns: 50 },
  )
})
