import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../support/until.ts'
import { type Child, mortalRelay, quietFlags } from './child.ts'

function fatalLines(child: Child): unknown[] {
  return child.log.filter(({ level }) => level === 'fatal').map(({ msg, reason }) => `${msg}: ${reason}`)
}

/** Has the network worker hang; resolves when the API says so. A request may be answered before the command arrives. */
async function hung(child: Child, command: string, url: string): Promise<void> {
  child.process.send(command)
  await until('a request that is not answered', async () => (await fetch(url)).status === 504)
}

// 3 s for libp2p, 1 s for the API, and the rest for a loaded machine.
const DEATH_BOUND_MS = 8_000

for (const [command, reason] of [
  ['throw', 'told to throw'],
  ['reject', 'told to reject'],
] as const) {
  test(`a network worker that dies by ${command}, QUIC live: exit 1, one fatal line, libp2p stopped first`, async (t) => {
    const child = mortalRelay(t, quietFlags(t))
    await child.line('relay started')
    child.process.send(command)
    const { code, ms } = await child.end()
    t.diagnostic(`ended ${Math.round(ms)} ms after`)
    assert.equal(code, 1)
    assert.ok(ms < DEATH_BOUND_MS)
    assert.deepEqual(fatalLines(child), [`the network worker died: ${reason}`])
    assert.deepEqual(child.errorLines, [])
  })
}

test('a network worker that just ends: exit 1 and one fatal line', async (t) => {
  const child = mortalRelay(t, [...quietFlags(t), '--no-quic'])
  await child.line('relay started')
  child.process.send('exit')
  const { code, ms } = await child.end()
  assert.equal(code, 1)
  assert.ok(ms < DEATH_BOUND_MS)
  assert.deepEqual(fatalLines(child), ['the network worker died: the thread ended with code 3'])
})

// 2 s of silence, up to 1.3 s for the API, and the rest for a loaded machine; the 10 s of a stop that goes on are far.
const HANG_BOUND_MS = 6_000

test('a network worker that hangs: the API answers 504, and SIGTERM ends the process as soon as that is plain', async (t) => {
  const child = mortalRelay(t, [...quietFlags(t), '--no-quic'])
  const { api } = await child.line('relay started')
  await hung(child, 'spin', `${api}/peers`)
  child.process.kill('SIGTERM')
  const { code, ms } = await child.end()
  t.diagnostic(`ended ${Math.round(ms)} ms after SIGTERM`)
  assert.equal(code, 1, 'peers got no goodbye: that is no clean stop')
  assert.ok(ms < HANG_BOUND_MS)
})

test('a second signal does not wait', async (t) => {
  const child = mortalRelay(t, [...quietFlags(t), '--no-quic'])
  await child.line('relay started')
  child.process.send('spin')
  child.process.kill('SIGTERM')
  await child.line('stopping')
  child.process.kill('SIGINT')
  const { code, ms } = await child.end()
  assert.equal(code, 1)
  assert.ok(ms < 3_000)
})

for (const [signals, boundMs] of [
  [['SIGTERM'], HANG_BOUND_MS],
  [['SIGTERM', 'SIGINT'], 3_000],
] as const) {
  test(`a network worker that hangs in native code, ${signals.join(', then ')}: the process is killed, since it could not exit`, async (t) => {
    const child = mortalRelay(t, [...quietFlags(t), '--no-quic'])
    const { api } = await child.line('relay started')
    await hung(child, 'hang outside of JavaScript', `${api}/peers`)
    for (const signal of signals) {
      child.process.kill(signal)
      await child.line('stopping')
    }
    const { code, ms } = await child.end()
    t.diagnostic(`ended ${Math.round(ms)} ms after ${signals.at(-1)}`)
    assert.equal(code, 'SIGKILL')
    assert.ok(ms < boundMs)
    assert.deepEqual(child.errorLines, ['starling: a thread hangs outside of JavaScript: the process is killed'])
  })
}
