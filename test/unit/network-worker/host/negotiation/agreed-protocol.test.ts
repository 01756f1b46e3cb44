import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { agreedProtocol, MAX_PROPOSALS } from '../../../../../src/network-worker/host/negotiation/agreed-protocol.ts'
import { encodedProposal } from '../../../../../src/network-worker/host/negotiation/proposal-reader.ts'
import { WireEnd } from '../../../../support/memory-wire.ts'

const MULTISTREAM = '/multistream/1.0.0'
const SERVED = ['/meshsub/1.2.0', '/ipfs/id/1.0.0']

function scene(signal?: AbortSignal) {
  const [, end] = WireEnd.pair(1)
  const agreed = agreedProtocol(end, SERVED, signal)
  agreed.catch(() => undefined)
  return { end, agreed, answers: () => Buffer.concat(end.waiting).toString() }
}

const proposed = (...names: readonly string[]): Buffer => Buffer.concat(names.map(encodedProposal))

test('a protocol is agreed on though nobody takes the answers, and what came behind it can be read', async () => {
  const other = fc.constantFrom(MULTISTREAM, 'ls', '/eth2/none', 'na')
  await fc.assert(
    fc.asyncProperty(
      fc.array(other, { maxLength: MAX_PROPOSALS - 1 }),
      fc.constantFrom(...SERVED),
      fc.uint8Array({ maxLength: 300 }),
      fc.array(fc.integer({ min: 1, max: 50 })),
      async (others, wanted, behind, sizes) => {
        const { end, agreed, answers } = scene()
        const bytes = Buffer.concat([proposed(...others, wanted), behind])
        let at = 0
        for (const size of [...sizes, bytes.length]) {
          end.deliverHere(bytes.subarray(at, at + size))
          at = Math.min(bytes.length, at + size)
        }
        assert.equal(await agreed, wanted)
        assert.equal(end.listenerCount('message'), 0)
        const expected = [...others.map((name) => (name === MULTISTREAM ? name : 'na')), wanted]
        assert.equal(answers(), proposed(...expected).toString())
        const read: Uint8Array[] = []
        end.addEventListener('message', ({ data }) => void read.push(data.subarray()))
        await new Promise((resolve) => setImmediate(resolve))
        assert.deepEqual(Buffer.concat(read), Buffer.from(behind))
      },
    ),
  )
})

test('answers to what came together go together', async () => {
  const { end, agreed } = scene()
  end.deliverHere(proposed(MULTISTREAM, '/meshsub/9.0.0', '/meshsub/1.2.0'))
  await agreed
  assert.equal(end.waiting.length, 1)
})

test('who proposes without end gets no answer to what is too much', async () => {
  const { end, agreed } = scene()
  end.deliverHere(proposed(MULTISTREAM))
  end.deliverHere(proposed(...new Array<string>(100_000).fill('ls')))
  await assert.rejects(agreed, { name: 'NegotiationError' })
  assert.equal(end.waiting.length, 1)
  end.deliverHere(proposed('/meshsub/1.2.0'))
  assert.equal(end.waiting.length, 1)
})

test('no agreement comes of a stream that ends, or has ended, or of one that waits too long', async () => {
  const closed = scene()
  await closed.end.close()
  await assert.rejects(closed.agreed, { name: 'NegotiationError' })
  await assert.rejects(agreedProtocol(closed.end, SERVED), { name: 'NegotiationError' })
  const late = new AbortController()
  const waiting = scene(late.signal)
  late.abort(new Error('late'))
  await assert.rejects(waiting.agreed, { message: 'late' })
  for (const type of ['message', 'end', 'close'] as const) assert.equal(waiting.end.listenerCount(type), 0)
})
