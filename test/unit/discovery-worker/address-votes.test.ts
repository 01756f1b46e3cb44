import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AddressVotes } from '../../../src/discovery-worker/address-votes.ts'
import type { AddressVotedEvent } from '../../../src/rpc/discovery-contract.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const OURS = '203.0.114.7'
const WRONG = '198.51.99.9'

function scene(known = 40) {
  const clock = new FakeClock()
  const told: AddressVotedEvent[] = []
  const votes = new AddressVotes({ clock, knownNetworks: () => known, onVoted: (vote) => void told.push(vote) })
  /** Voters of networks `from` up to before `to`. */
  const cast = (from: number, to: number, ip: string, port = 9000) => {
    for (let i = from; i < to; i++) votes.cast(`45.${i >> 8}.${i & 255}.1`, `id${i}`, ip, port)
  }
  return { clock, told, votes, cast }
}

describe('AddressVotes', () => {
  test('ten networks that agree elect an address, and it is told once', () => {
    const { told, cast } = scene()
    cast(0, 9, OURS)
    assert.deepEqual(told, [])
    cast(9, 10, OURS)
    assert.deepEqual(told, [{ ip: OURS, port: 9000, votes: 10 }])
    cast(0, 60, OURS)
    assert.equal(told.length, 1)
  })

  test('many ids of one /24 have one voice', () => {
    const { told, votes } = scene()
    for (let i = 1; i < 255; i++) votes.cast(`45.1.1.${i}`, `id${i}`, WRONG, 9000)
    assert.deepEqual(told, [])
    assert.equal(votes.size, 1)
  })

  test('many ids of one /48 of IPv6 have one voice, ten /48 elect', () => {
    const { told, votes } = scene()
    for (let i = 1; i < 99; i++) votes.cast(`2a01:db8:1:${i}::1`, `id${i}`, '2a02::1', 9000)
    assert.deepEqual(told, [])
    for (let i = 2; i < 12; i++) votes.cast(`2a01:db8:${i}::1`, `id${i}`, '2a02::1', 9000)
    assert.deepEqual(told, [{ ip: '2a02::1', port: 9000, votes: 10 }])
  })

  test('in a small network half of those known, but at least three, are enough', () => {
    const five = scene(5)
    five.cast(0, 2, OURS)
    assert.deepEqual(five.told, [])
    five.cast(2, 3, OURS)
    assert.equal(five.told.length, 1)
    const twelve = scene(12)
    twelve.cast(0, 5, OURS)
    assert.deepEqual(twelve.told, [])
    twelve.cast(5, 6, OURS)
    assert.equal(twelve.told.length, 1)
  })

  test('without a majority nothing is told, as behind a NAT that gives each node another port', () => {
    const { told, cast } = scene()
    for (let i = 0; i < 100; i++) cast(i, i + 1, OURS, 1000 + (i % 5))
    assert.deepEqual(told, [])
  })

  test('a change needs two thirds, so that two about even do not take turns', () => {
    const { told, cast } = scene()
    cast(0, 30, OURS)
    assert.equal(told.length, 1)
    for (let round = 0; round < 20; round++) cast(0, round % 2 === 0 ? 16 : 14, round % 2 === 0 ? WRONG : OURS)
    assert.equal(told.length, 1)
    cast(0, 20, WRONG)
    assert.deepEqual(told[1], { ip: WRONG, port: 9000, votes: 20 })
  })

  test('votes count for five minutes', () => {
    const { clock, told, cast } = scene()
    cast(0, 9, OURS)
    clock.advance(300_001)
    cast(9, 18, OURS)
    assert.equal(told.length, 0)
    cast(18, 19, OURS)
    assert.deepEqual(
      told.map((vote) => vote.votes),
      [10],
    )
  })

  test('a voice counts for addresses of its own scope and family only', () => {
    const { told, votes } = scene(3)
    for (let i = 0; i < 20; i++) {
      votes.cast('127.0.0.1', `id${i}`, OURS, 9000)
      votes.cast(`192.168.0.${i}`, `id${i}`, OURS, 9000)
      votes.cast(`45.1.${i}.1`, `id${i}`, '10.0.0.1', 9000)
      votes.cast(`45.1.${i}.1`, `id${i}`, '2a02::1', 9000)
      votes.cast(`45.1.${i}.1`, `id${i}`, '0.0.0.0', 9000)
      votes.cast(`45.1.${i}.1`, `id${i}`, OURS, 0)
    }
    assert.equal(votes.size, 0)
    for (let i = 0; i < 3; i++) votes.cast('127.0.0.1', `id${i}`, '127.0.0.9', 9000)
    for (let i = 0; i < 3; i++) votes.cast(`192.168.0.${i}`, `id${i}`, '192.168.0.9', 9000)
    assert.deepEqual(
      told.map(({ ip }) => ip),
      ['127.0.0.9', '192.168.0.9'],
    )
  })

  test('IPv4 and IPv6 are elected side by side; IPv4 within IPv6 is IPv4', () => {
    const { told, votes, cast } = scene(3)
    cast(0, 2, OURS)
    votes.cast('45.0.2.1', 'id2', `::ffff:${OURS}`, 9000)
    for (let i = 2; i < 5; i++) votes.cast(`2a01:db8:${i}::1`, `id${i}`, '2a02::1', 9001)
    assert.deepEqual(
      told.map(({ ip, port }) => [ip, port]),
      [
        [OURS, 9000],
        ['2a02::1', 9001],
      ],
    )
  })

  test('a network is asked again when its vote is half through the window', () => {
    const { clock, votes, cast } = scene()
    assert.equal(votes.wants('45.0.1.77', 'x'), true)
    cast(1, 2, OURS)
    assert.equal(votes.wants('45.0.1.77', 'x'), false)
    clock.advance(150_001)
    assert.equal(votes.wants('45.0.1.77', 'x'), true)
  })

  test('votes without end take a fixed amount of memory', () => {
    const { votes, cast } = scene()
    cast(0, 5000, WRONG)
    assert.equal(votes.size, 512)
  })
})
