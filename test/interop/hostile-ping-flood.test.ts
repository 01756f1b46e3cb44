import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertBetween, GOODBYE, HostileScene } from '../support/hostile-scene.ts'
import { pingRequest } from '../support/wire-requests.ts'
import { skip } from './setup.ts'

/** What a peer may send in ten seconds. */
const QUOTA = 2
/** Each ping over it costs 5: with the decay in between, the fifth is the first at or below -20. */
const TO_DISCONNECT = 5
/** More than it takes from there to -50, with a fresh quota. */
const TO_BAN = 20
const SUCCESS = '00'
const RATE_LIMITED = '8b'

test('a ping flood costs the connection, and the next one the right to come back', { skip }, async () => {
  await using scene = await HostileScene.start()
  const hostile = await scene.startHostile()
  const flood = async (count: number): Promise<readonly string[]> => {
    const replies = await hostile.flood(scene.relay.peerId, pingRequest(), count)
    return replies.map(({ reply }) => reply.slice(0, 2))
  }

  const first = await flood(QUOTA + TO_DISCONNECT - 1)
  assert.deepEqual(first, [...Array(QUOTA).fill(SUCCESS), ...Array(TO_DISCONNECT - 1).fill(RATE_LIMITED)])
  const tolerated = await scene.view(hostile)
  assert.equal(tolerated.state, 'connected')
  assertBetween(tolerated.peer_score, -20, -19.5)

  await flood(1)
  await scene.sentAway(hostile, GOODBYE.badScore)
  const disconnected = await scene.view(hostile)
  assertBetween(disconnected.peer_score, -25, -24)

  await scene.returns(hostile)
  await flood(TO_BAN)
  await scene.sentAway(hostile, GOODBYE.badScore, 2)
  const banned = await scene.view(hostile)
  assertBetween(banned.peer_score, -100, -50)
  await scene.staysOut(hostile)
  await scene.good.lostNothing()
})
