/** Whatever QUIC's native part brings, in whatever turns: in order, and no more of it kept than is read ahead. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { QuicStream } from '../../../../../src/network-worker/host/quic/quic-stream.ts'
import { openOne, type ScriptedStream } from './scripted-quic.ts'

/** What is read ahead of a reader that pauses, and one read more. */
const MOST_UNREAD_BYTES = 256 * 1024 + 64 * 1024

const ENDS = {
  'its end': (native: ScriptedStream) => native.brings(undefined as never),
  'a reset': (native: ScriptedStream) => native.breaks('read error: stream reset by peer: error 0'),
  'a fault': (native: ScriptedStream) => native.breaks('connection lost'),
} as const

const step = fc.record({ lengthBytes: fc.integer({ min: 1, max: 65_536 }), isPaused: fc.boolean() })
const steps = fc.array(step, { maxLength: 30 })

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The native part's side: answers each read once, with no more than was asked for. */
class Script {
  readonly sent: Uint8Array[] = []
  readonly #native: ScriptedStream

  constructor(native: ScriptedStream) {
    this.#native = native
  }

  get isAsked(): boolean {
    return this.#native.reads.length > this.sent.length
  }

  async bring(lengthBytes: number): Promise<void> {
    if (!this.isAsked) return
    const bytes = new Uint8Array(Math.min(lengthBytes, this.#native.reads.at(-1) ?? 0)).fill(this.sent.length)
    this.sent.push(bytes)
    this.#native.brings(bytes)
    await nextTurn()
  }
}

async function play(stream: QuicStream, script: Script, list: readonly { lengthBytes: number; isPaused: boolean }[]) {
  for (const { lengthBytes, isPaused } of list) {
    if (isPaused) stream.pause()
    else stream.resume()
    await script.bring(lengthBytes)
    assert.ok(stream.readBufferLength <= MOST_UNREAD_BYTES, `${stream.readBufferLength} bytes unread`)
  }
  stream.resume()
  await nextTurn()
}

for (const [what, end] of Object.entries(ENDS)) {
  test(`bytes come in order up to ${what}, and of what nobody reads little is kept`, async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const [stream, native] = await openOne()
        const got: Uint8Array[] = []
        stream.addEventListener('message', ({ data }) => void got.push(Uint8Array.from(data.subarray())))
        const script = new Script(native)
        await play(stream, script, list)
        assert.ok(script.isAsked, 'whoever is read on asks for more')
        end(native)
        await nextTurn()
        assert.ok(Buffer.concat(got).equals(Buffer.concat(script.sent)))
        assert.equal(stream.remoteWriteStatus, 'closed')
      }),
      { numRuns: 60 },
    )
  })
}
