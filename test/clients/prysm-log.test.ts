import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arrivalIn, complaintIn, durationMs, logFields } from './prysm-log.ts'

const US = '16Uiu2HAkwMpdTdYdLQHqgz6PJGAzqAisZ47HsWsSWbefuFY7RUih'
const REJECTED = `time="2026-11-21 15:49:00.12" level=debug msg="Gossip message was rejected" agent="starling/0.1.0" error="could not \\"verify\\" it" gossipScore=-112.3 peerID=${US} prefix=sync topic="/eth2/ba0c126e/beacon_block/ssz_snappy"`

test('a line is its fields, quoted or not', () => {
  const fields = logFields(REJECTED)
  assert.equal(fields.get('level'), 'debug')
  assert.equal(fields.get('error'), 'could not "verify" it')
  assert.equal(fields.get('peerID'), US)
  assert.equal(fields.size, 9)
})

test('a complaint is of its peer only, and only of what costs it something', () => {
  assert.equal(
    complaintIn(REJECTED, US),
    '2026-11-21 15:49:00.12 Gossip message was rejected /eth2/ba0c126e/beacon_block/ssz_snappy could not "verify" it',
  )
  assert.equal(complaintIn(REJECTED, `${US}x`), undefined)
  assert.equal(complaintIn(REJECTED.replace('rejected', 'ignored'), US), undefined)
})

test('when a block came', () => {
  const line =
    'level=debug msg="Received block" blockSlot=12 graffiti="a=1" proposerIndex=3 sinceSlotStartTime=103.5ms validationTime=2ms'
  assert.deepEqual(arrivalIn(line), { slot: 12, msIntoSlot: 103.5 })
  assert.equal(arrivalIn(line.replace('Received block', 'Synced block')), undefined)
  assert.equal(arrivalIn(line.replace('103.5ms', 'soon')), undefined)
})

test("Go's durations", () => {
  const rows: readonly [string, number | undefined][] = [
    ['1.5s', 1500],
    ['1m2.5s', 62_500],
    ['250µs', 0.25],
    ['-20ms', -20],
    ['0s', 0],
    ['', undefined],
    ['5', undefined],
    ['5s later', undefined],
  ]
  for (const [text, ms] of rows) assert.equal(durationMs(text), ms, text)
})

test('any line can be read', () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      logFields(line)
      complaintIn(line, 'peer')
      arrivalIn(line)
      durationMs(line)
    }),
  )
})
