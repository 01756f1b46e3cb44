import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type WaitingSidecar,
  WaitingSidecars,
} from '../../../../../src/network-worker/validation/verify/waiting-sidecars.ts'

const MAX_WAITING = 256
const MAX_BYTES = 16 * 1024 * 1024

function sidecarOf(bytes = 1): WaitingSidecar {
  return { copy: new Uint8Array(bytes) }
}

/** Waits for ever, as for a trusted setup that is not loaded. */
function never(): Promise<never> {
  return new Promise(() => undefined)
}

test('it is kept until what it waits for has come', async () => {
  const room = new WaitingSidecars()
  const { promise, resolve } = Promise.withResolvers<string>()
  const sidecar = sidecarOf()
  const answer = room.wait('a', sidecar, () => promise)
  assert.equal(room.length, 1)
  resolve('the header is true')
  assert.equal(await answer, 'the header is true')
  assert.ok(sidecar.copy !== undefined)
  assert.equal(room.length, 0)
})

test('what fails to come leaves the room as well', async () => {
  const room = new WaitingSidecars()
  await assert.rejects(
    room.wait('a', sidecarOf(), async () => {
      throw new Error('lost')
    }),
    /lost/,
  )
  assert.equal(room.length, 0)
})

test('whoever fills the room has its own newest go for those of others, at once', async () => {
  const room = new WaitingSidecars()
  const ofForger = Array.from({ length: MAX_WAITING }, () => sidecarOf())
  const answers = ofForger.map((sidecar) => room.wait('forger', sidecar, never))
  let isAsked = false
  const tooMany = room.wait('forger', sidecarOf(), async () => (isAsked = true))
  assert.equal(await tooMany, undefined)
  assert.equal(isAsked, false, 'nothing is verified for what finds no room')
  const honest = room.wait('honest', sidecarOf(), async () => 'true')
  assert.equal(await honest, 'true')
  assert.equal(await answers.at(-1), undefined)
  assert.equal(ofForger.at(-1)?.copy, undefined, 'its bytes are let go of')
  assert.ok(ofForger.slice(0, -1).every(({ copy }) => copy !== undefined))
  assert.equal(room.length, MAX_WAITING - 1)
})

test('who brings a share of the room keeps it, whatever another one brings after it', async () => {
  const room = new WaitingSidecars()
  const honest = Array.from({ length: MAX_WAITING / 2 }, () => sidecarOf())
  for (const sidecar of honest) void room.wait('honest', sidecar, never)
  for (let i = 0; i < 3 * MAX_WAITING; i++) void room.wait('forger', sidecarOf(), never)
  assert.ok(honest.every(({ copy }) => copy !== undefined))
})

test('the room is bounded in bytes too', async () => {
  const room = new WaitingSidecars()
  const large = sidecarOf(MAX_BYTES)
  const answer = room.wait('a', large, never)
  void room.wait('b', sidecarOf(), never)
  assert.equal(await answer, undefined)
  assert.equal(large.copy, undefined)
})

test('whoever comes and whatever comes to pass, no more wait than there is room for, and all are answered once', async () => {
  const step = fc.record({ source: fc.constantFrom('a', 'b', 'c'), settles: fc.nat(3) })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 400 }), async (steps) => {
      const room = new WaitingSidecars()
      const under: { readonly sidecar: WaitingSidecar; readonly settle: () => void }[] = []
      const answers: Promise<'ready' | undefined>[] = []
      for (const { source, settles } of steps) {
        const { promise, resolve } = Promise.withResolvers<'ready'>()
        const sidecar = sidecarOf()
        under.push({ sidecar, settle: () => resolve('ready') })
        answers.push(room.wait(source, sidecar, () => promise))
        assert.ok(room.length <= MAX_WAITING)
        for (const { settle } of under.splice(0, settles)) settle()
        if (settles === 3) await new Promise(setImmediate)
      }
      const left = under.filter(({ sidecar }) => sidecar.copy !== undefined).length
      assert.ok(left <= MAX_WAITING)
      for (const { settle } of under) settle()
      await Promise.all(answers)
      assert.equal(room.length, 0)
    }),
    { numRuns: 30 },
  )
})
