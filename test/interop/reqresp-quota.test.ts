import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StarlingProcess } from '../support/starling-process.ts'
import { skip, startGoPeer, TRANSPORTS } from './setup.ts'

/** As Lighthouse and Lodestar serve them: two pings in ten seconds. */
const PINGS_IN_TEN_SECONDS = 2
const RATE_LIMITED = 139
const FLOOD = 40

for (const transport of TRANSPORTS) {
  test(`a ping flood over ${transport} is rate limited while another peer is served`, { skip }, async () => {
    await using relay = await StarlingProcess.start()
    await using flooder = await startGoPeer(relay, { transports: [transport] })
    await using other = await startGoPeer(relay, { transports: [transport] })
    await flooder.dial(relay.address(transport))
    await other.dial(relay.address(transport))

    const flood = Promise.allSettled(Array.from({ length: FLOOD }, () => flooder.request(relay.peerId, 'ping/1')))
    const served = await other.request(relay.peerId, 'ping/1')
    assert.equal(served.code, 0)
    const outcomes = await flood
    const codes = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.code] : []))
    const answered = codes.filter((code) => code === 0).length
    assert.ok(answered >= 1 && answered <= PINGS_IN_TEN_SECONDS, `${answered} pings of a flood were answered`)
    assert.ok(codes.every((code) => code === 0 || code === RATE_LIMITED))
    assert.ok(codes.includes(RATE_LIMITED), 'not one refusal said why')
    assert.equal((await other.request(relay.peerId, 'status/2')).code, 0)
    assert.ok(relay.isRunning)
  })
}
