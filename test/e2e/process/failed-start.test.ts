import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { quietFlags, starling } from './child.ts'

/** A second or two, and many times that on a loaded machine. */
const STARTED_AND_ENDED_MS = 30_000

/** A port that somebody else listens on. */
async function takenPort(t: TestContext): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address !== null && typeof address !== 'string')
  return String(address.port)
}

for (const [flag, where] of [
  ['--api-port', 'API'],
  ['--port', 'libp2p'],
] as const) {
  test(`a port of the ${where} that is taken: exit 1 with one fatal line`, async (t) => {
    const flags = quietFlags(t)
    const taken = await takenPort(t)
    flags[flags.indexOf(flag) + 1] = taken
    const child = starling(t, ['run', ...flags])
    const { code, ms } = await child.end()
    assert.equal(code, 1)
    assert.ok(ms < STARTED_AND_ENDED_MS)
    const fatal = child.log.filter(({ level }) => level === 'fatal')
    assert.deepEqual(
      fatal.map(({ msg }) => msg),
      ['the relay could not start'],
    )
    assert.match(JSON.stringify(fatal[0]), new RegExp(`EADDRINUSE.*:${taken}`))
    assert.deepEqual(child.errorLines, [])
  })
}
