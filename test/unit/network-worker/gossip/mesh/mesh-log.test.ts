import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { MeshLog } from '../../../../../src/network-worker/gossip/mesh/mesh-log.ts'
import type { MeshChange } from '../../../../../src/network-worker/gossip/mesh/mesh-observer.ts'
import type { MeshEvent } from '../../../../../src/rpc/mesh-views.ts'
import { FakeClock } from '../../../../support/fake-clock.ts'
import { TOPIC } from '../router/router-scene.ts'

type Line = Readonly<Record<string, unknown>>

function scene() {
  const clock = new FakeClock(1_700_000_000_000)
  const lines: Line[] = []
  const events: MeshEvent[] = []
  const log = new MeshLog({
    clock,
    log: pino({ base: null, timestamp: false }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    emit: (event) => void events.push(event),
  })
  return { clock, lines, events, log }
}

/** Change → line, as "MESH Event Logs" of the relay API document has it. */
const LINES: readonly (readonly [Omit<MeshChange, 'peerId' | 'topic'>, string | undefined])[] = [
  [{ action: 'graft_received' }, 'MESH: Received GRAFT from peer (peer wants to add us to their mesh)'],
  [{ action: 'graft_accepted' }, "MESH: We added peer to our mesh (accepted peer's GRAFT)"],
  ...(['negative_score', 'backoff', 'explicit_peer', 'mesh_high'] as const).map(
    (reason) =>
      [
        { action: 'graft_rejected', reason },
        `MESH: We rejected peer's GRAFT and will PRUNE (reason: ${reason})`,
      ] as const,
  ),
  ...(['manual', 'join_topic', 'peer_subscribed', 'heartbeat', 'nearer_peer', 'earlier_peer'] as const).map(
    (reason) => [{ action: 'graft_sent', reason }, `MESH: We are sending GRAFT to peer (reason: ${reason})`] as const,
  ),
  [{ action: 'prune_received' }, 'MESH: Received PRUNE from peer (peer removed us from their mesh)'],
  [{ action: 'prune_obeyed' }, "MESH: We removed peer from our mesh (responding to peer's PRUNE)"],
  ...(
    ['manual', 'leave_topic', 'negative_score', 'explicit_peer', 'slow_peer', 'nearer_peer', 'earlier_peer'] as const
  ).map(
    (reason) => [{ action: 'prune_sent', reason }, `MESH: We are sending PRUNE to peer (reason: ${reason})`] as const,
  ),
  [{ action: 'prune_sent', reason: 'mesh_high' }, 'MESH: Will PRUNE peer (reason: mesh_high)'],
  [{ action: 'link_lost', reason: 'disconnected' }, undefined],
]

for (const [change, text] of LINES) {
  test(`${change.action} ${change.reason ?? ''}: ${text ?? 'no line'}, and an event`, () => {
    const { log, lines, events } = scene()
    const whole = { ...change, peerId: 'peer', topic: TOPIC }
    log.observe(whole)
    assert.deepEqual(events, [{ atMs: 1_700_000_000_000, ...whole }])
    assert.deepEqual(lines, text === undefined ? [] : [{ level: 30, peer: 'peer', topic: TOPIC, msg: text }])
  })
}

test('score and backoff are fields of the line where there are any', () => {
  const { log, lines } = scene()
  const change = { action: 'prune_sent', reason: 'negative_score', peerId: 'peer', topic: TOPIC } as const
  log.observe({ ...change, score: -5, backoffSecs: 60 })
  log.observe({ ...change, score: 0 })
  assert.deepEqual(
    lines.map(({ score, backoff_secs }) => [score, backoff_secs]),
    [
      [-5, 60],
      [0, undefined],
    ],
  )
})

function flood(log: MeshLog, peerId: string, count: number): void {
  for (let i = 0; i < count; i++) log.observe({ action: 'graft_received', peerId, topic: TOPIC })
}

function linesOf(lines: readonly Line[], peer: string): Line[] {
  return lines.filter((line) => line['peer'] === peer)
}

test('a flood of one peer is cut and told of, in lines and events; those of others go on', () => {
  const { log, lines, events, clock } = scene()
  log.start()
  flood(log, 'loud', 5000)
  flood(log, 'quiet', 3)
  assert.equal(linesOf(lines, 'loud').length, 600)
  assert.equal(linesOf(lines, 'quiet').length, 3)
  assert.equal(events.length, 603)
  clock.advance(10_000)
  assert.deepEqual(lines.at(-1), { level: 30, peer: 'loud', suppressed: 4400, msg: 'MESH: 4400 lines suppressed' })
  const told = lines.length
  clock.advance(30_000)
  assert.equal(lines.length, told, 'told once')
  log.stop()
  assert.equal(clock.pending, 0)
})

test('each change of a mesh is an event, whatever else its peer says', () => {
  const { log, lines, events } = scene()
  flood(log, 'loud', 5000)
  const changes = ['graft_accepted', 'graft_sent', 'prune_obeyed', 'prune_sent', 'link_lost'] as const
  for (const action of changes) log.observe({ action, peerId: 'loud', topic: TOPIC })
  assert.equal(lines.length, 600)
  assert.deepEqual(
    events.slice(600).map(({ action }) => action),
    changes,
  )
})

test('a peer gets two lines a second back, and no more than 600 at once', () => {
  const { log, lines, clock } = scene()
  flood(log, 'peer', 600)
  clock.advance(5000)
  flood(log, 'peer', 100)
  assert.equal(lines.length, 610)
  clock.advance(3_600_000)
  flood(log, 'peer', 1000)
  assert.equal(lines.length, 1210)
})

test('what was left out is told at the stop as well', () => {
  const { log, lines } = scene()
  log.start()
  flood(log, 'peer', 601)
  log.stop()
  assert.equal(lines.at(-1)?.['msg'], 'MESH: 1 lines suppressed')
})

test('counted peers are bounded: the longest silent one goes first, with a full bucket', () => {
  const { log, lines } = scene()
  flood(log, 'old', 600)
  flood(log, 'kept', 600)
  for (let peer = 0; peer < 1022; peer++) flood(log, `other-${peer}`, 1)
  flood(log, 'kept', 1)
  assert.equal(linesOf(lines, 'kept').length, 600)
  flood(log, 'one more', 1)
  flood(log, 'old', 1)
  assert.equal(linesOf(lines, 'old').length, 601, 'forgotten, and so new')
  flood(log, 'kept', 1)
  assert.equal(linesOf(lines, 'kept').length, 600, 'still known')
})

test('a peer’s words cannot break a line', () => {
  const { log, lines } = scene()
  log.observe({ action: 'graft_received', peerId: 'peer\n{"msg":"MESH: forged"}', topic: '/a\u001b[31m\n' })
  assert.equal(lines.length, 1)
  assert.equal(lines[0]?.['topic'], '/a\u001b[31m\n')
})
