import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CopyLedger,
  SETTLED_AFTER_MS,
  type SentMessage,
} from '../../../../../src/network-worker/gossip/sending/copy-ledger.ts'

/** A ledger, what its peers sent and said, and the copies that we were spared, in bytes. */
function scene() {
  const sent = new Set<string>()
  const told = new Set<string>()
  const gone = new Set<string>()
  const spared: number[] = []
  const asked: string[] = []
  const ledger = new CopyLedger({
    hasSent: (peerId, msgId) => {
      asked.push(msgId)
      return sent.has(`${peerId} ${msgId}`)
    },
    hasTold: (peerId, msgId) => told.has(`${peerId} ${msgId}`),
    isConnected: (peerId) => !gone.has(peerId),
    onSparedReceived: (bytes) => void spared.push(bytes),
  })
  const add = (msgId: string, message: Partial<SentMessage> = {}): void =>
    ledger.add({
      ...{ msgId, bytes: 70_000, sentAtMs: 0, receivers: ['a', 'b'], source: 'source', others: undefined },
      ...message,
    })
  return { ledger, sent, told, gone, spared, asked, add }
}

test('of a new peer it is taken for granted that it lacks half', () => {
  assert.equal(scene().ledger.lackedShare('a'), 0.5)
})

test('who sent a copy, or told that it has one, did not lack ours; all others did', () => {
  const { ledger, sent, told, add } = scene()
  const receivers = ['sends', 'tells', 'both', 'lacks']
  for (let n = 0; n < 8; n++) {
    add(`m${n}`, { receivers, others: new Set(['source', 'earlier']) })
    for (const peerId of ['sends', 'both']) sent.add(`${peerId} m${n}`)
    for (const peerId of ['tells', 'both']) told.add(`${peerId} m${n}`)
  }
  ledger.settle(SETTLED_AFTER_MS)
  const shares = ['source', 'earlier', ...receivers].map((peerId) => ledger.lackedShare(peerId))
  assert.equal(new Set(shares.slice(0, 5)).size, 1, 'all of them had it, each counted once a message')
  const [had = 1] = shares
  assert.ok(had > 0 && had < 0.2, `${had}`)
  assert.ok((shares[5] ?? 0) > 0.8 && (shares[5] ?? 1) < 1)
})

test('the last 64 messages tell: who was always late can be always early', () => {
  const { ledger, sent, add } = scene()
  for (let n = 0; n < 400; n++) add(`m${n}`, { receivers: ['a'] })
  for (let n = 0; n < 200; n++) sent.add(`a m${n}`)
  ledger.settle(SETTLED_AFTER_MS)
  assert.ok(ledger.lackedShare('a') > 0.85, `${ledger.lackedShare('a')}`)
})

test('a copy is spared us by who told that it has the message and did not send it', () => {
  const { ledger, sent, told, spared, add } = scene()
  add('m1')
  add('m2', { bytes: 5000 })
  for (const told1 of ['a m1', 'a m2', 'b m2', 'source m1']) told.add(told1)
  sent.add('b m2')
  ledger.settle(SETTLED_AFTER_MS)
  assert.deepEqual(spared, [70_000, 5000])
})

test('stock is taken once, of what left long enough ago', () => {
  const { ledger, asked, add } = scene()
  add('old', { receivers: ['a'], sentAtMs: 1000 })
  add('young', { receivers: ['a'], sentAtMs: 1001 })
  ledger.settle(999 + SETTLED_AFTER_MS)
  assert.deepEqual(asked, [])
  for (let twice = 0; twice < 2; twice++) ledger.settle(1000 + SETTLED_AFTER_MS)
  assert.deepEqual(asked, ['old'])
  ledger.settle(1001 + SETTLED_AFTER_MS)
  assert.deepEqual(asked, ['old', 'young'])
})

test('no more is followed than it has room for, and there is room again once stock was taken', () => {
  const { ledger, asked, add } = scene()
  for (let n = 0; n < 3000; n++) add(`m${n}`, { receivers: ['a'] })
  ledger.settle(SETTLED_AFTER_MS)
  assert.equal(asked.length, 2048)
  add('later', { receivers: ['a'] })
  ledger.settle(SETTLED_AFTER_MS)
  assert.equal(asked.at(-1), 'later')
})

test('of peers that left nothing is kept', () => {
  const { ledger, gone, add } = scene()
  add('m1')
  ledger.settle(SETTLED_AFTER_MS)
  assert.ok(ledger.lackedShare('a') > 0.5)
  ledger.forget('a')
  assert.equal(ledger.lackedShare('a'), 0.5)
  add('m2')
  gone.add('a')
  ledger.settle(SETTLED_AFTER_MS)
  assert.equal(ledger.lackedShare('a'), 0.5)
})

test('who brings messages first is known by the share; who is new has none', () => {
  const { ledger, add } = scene()
  assert.equal(ledger.firstShare('source'), 0)
  for (let n = 0; n < 60; n++) {
    const [source, other] = n % 3 === 0 ? ['rare', 'source'] : ['source', 'rare']
    add(`m${n}`, { source, receivers: [other ?? '', 'a'] })
  }
  ledger.settle(SETTLED_AFTER_MS)
  const [source, rare, never] = ['source', 'rare', 'a'].map((peerId) => ledger.firstShare(peerId))
  assert.ok(source !== undefined && rare !== undefined && source > rare && rare > 0.1, `${source} ${rare}`)
  assert.equal(never, 0)
})
