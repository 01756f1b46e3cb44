import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { log2Distance as upstreamDistance } from '@chainsafe/discv5/kademlia'
import type { ENR } from '@chainsafe/enr'
import fc from 'fast-check'
import { IterativeLookup, LOOKUP_ALPHA, LOOKUP_K } from '../../../src/discovery-worker/iterative-lookup.ts'
import { distancesTowards, log2Distance, xorDistance } from '../../../src/discovery-worker/node-distance.ts'
import { testRecord } from '../../support/discv5-node.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const NODES = 300
/** The same nodes and targets in every run: how many of the closest are found depends on where they happen to lie. */
const network: readonly ENR[] = Array.from({ length: NODES }, (_, i) =>
  testRecord({ udpPort: 9000, secretKey: digestOf(`node ${i}`) }).toENR(),
)

const mayWiden = () => true

const nodeId = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'))

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** What a node with full buckets answers. */
function answerOf(node: ENR, distances: readonly number[]): readonly ENR[] {
  return distances
    .flatMap((distance) => network.filter((n) => log2Distance(node.nodeId, n.nodeId) === distance).slice(0, LOOKUP_K))
    .slice(0, LOOKUP_K)
}

function nearest(target: string, nodes: readonly ENR[]): readonly string[] {
  return nodes
    .map(({ nodeId: id }) => ({ id, distance: xorDistance(id, target) }))
    .sort((a, b) => (a.distance < b.distance ? -1 : 1))
    .map(({ id }) => id)
}

async function look(target: string, isDead: (node: ENR) => boolean = () => false) {
  let asked = 0
  let underWay = 0
  let mostUnderWay = 0
  const ask = async (node: ENR, distances: readonly number[]) => {
    asked++
    mostUnderWay = Math.max(mostUnderWay, ++underWay)
    await new Promise((resolve) => setImmediate(resolve))
    underWay--
    if (isDead(node)) throw new Error('no answer')
    return answerOf(node, distances)
  }
  const lookup = new IterativeLookup(target, { clock: new FakeClock(), localId: 'f'.repeat(64), ask, mayWiden })
  const result = await lookup.run(network.slice(0, 5))
  return { ...result, asked, mostUnderWay }
}

describe('IterativeLookup', () => {
  test('finds the closest nodes of 300, three requests at a time, without asking everybody', async () => {
    for (let i = 0; i < 10; i++) {
      const target = digestOf(`target ${i}`).toString('hex')
      const { closest, asked, mostUnderWay, records } = await look(target)
      const truth = nearest(target, network).slice(0, LOOKUP_K)
      assert.equal(closest.length, LOOKUP_K)
      assert.equal(closest[0], truth[0])
      assert.ok(closest.filter((id) => truth.includes(id)).length >= 12)
      assert.ok(asked < 80, `${asked} of ${NODES} were asked`)
      assert.equal(mostUnderWay, LOOKUP_ALPHA)
      assert.ok(records > LOOKUP_K)
    }
  })

  test('a third that never answers is gone round', async () => {
    const dead = new Set(network.filter((_, i) => i % 3 === 2).map((node) => node.nodeId))
    const target = digestOf('target').toString('hex')
    const { closest } = await look(target, (node) => dead.has(node.nodeId))
    const truth = nearest(
      target,
      network.filter((node) => !dead.has(node.nodeId)),
    )
    assert.equal(closest[0], truth[0])
    assert.ok(closest.every((id) => !dead.has(id)))
  })

  test('ends at once when nobody is known, and when nobody answers', async () => {
    const ask = () => Promise.reject(new Error('dead'))
    const deps = { clock: new FakeClock(), localId: '0'.repeat(64), ask, mayWiden }
    const target = 'a'.repeat(64)
    assert.deepEqual(await new IterativeLookup(target, deps).run([]), { closest: [], records: 0 })
    assert.deepEqual(await new IterativeLookup(target, deps).run(network), { closest: [], records: 0 })
  })

  test('ends after 20 s with what it has, and lets no timer stand', async () => {
    const clock = new FakeClock()
    const ask = () => new Promise<never>(() => undefined)
    const running = new IterativeLookup('b'.repeat(64), { clock, localId: '0'.repeat(64), ask, mayWiden }).run(network)
    clock.advance(20_000)
    assert.deepEqual(await running, { closest: [], records: 0 })
    assert.equal(clock.pending, 0)
  })

  test('of two nodes one tells of the other, whatever the distance between them', async () => {
    const [boot, ...others] = network
    assert.ok(boot !== undefined)
    const target = digestOf('target').toString('hex')
    for (const other of others) {
      const distance = log2Distance(boot.nodeId, other.nodeId)
      const ask = async (node: ENR, distances: readonly number[]) =>
        node === boot && distances.includes(distance) ? [other] : []
      const lookup = new IterativeLookup(target, { clock: new FakeClock(), localId: '0'.repeat(64), ask, mayWiden })
      const { closest } = await lookup.run([boot])
      assert.deepEqual(new Set(closest), new Set([boot.nodeId, other.nodeId]), `distance ${distance}`)
    }
  })

  test('those who answered have, whatever becomes of what they are asked once more', async () => {
    const few = network.slice(0, 8)
    for (const isSilent of [false, true]) {
      const clock = new FakeClock()
      const asked = new Set<ENR>()
      const ask = async (node: ENR) => {
        const isSecond = asked.has(node)
        asked.add(node)
        if (isSecond && isSilent) await new Promise(() => undefined)
        if (isSecond) throw new Error('lost')
        return []
      }
      const lookup = new IterativeLookup('c'.repeat(64), { clock, localId: '0'.repeat(64), ask, mayWiden })
      const running = lookup.run(few)
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
      clock.advance(20_000)
      assert.equal((await running).closest.length, few.length)
    }
  })

  test('who answered is asked once more for other distances, and only when that may be', async () => {
    const asks: number[][] = []
    const [boot] = network
    assert.ok(boot !== undefined)
    const ask = async (_: ENR, distances: number[]) => {
      asks.push(distances)
      return []
    }
    const deps = { clock: new FakeClock(), localId: '0'.repeat(64), ask }
    await new IterativeLookup('d'.repeat(64), { ...deps, mayWiden: () => false }).run([boot])
    assert.equal(asks.length, 1)
    asks.length = 0
    await new IterativeLookup('d'.repeat(64), { ...deps, mayWiden }).run([boot])
    assert.equal(asks.length, 2)
    const all = asks.flat()
    assert.equal(new Set(all).size, all.length)
    for (let distance = 241; distance <= 256; distance++) assert.ok(all.includes(distance), `${distance}`)
  })

  test('where sixteen answer nobody is asked twice, and we are not asked at all', async () => {
    const asked: string[] = []
    const [us, ...others] = network
    assert.ok(us !== undefined)
    const ask = async (node: ENR, distances: readonly number[]) => {
      asked.push(node.nodeId)
      return [us, ...answerOf(node, distances)]
    }
    await new IterativeLookup(us.nodeId, { clock: new FakeClock(), localId: us.nodeId, ask, mayWiden }).run(
      others.slice(0, 5),
    )
    assert.equal(new Set(asked).size, asked.length)
    assert.ok(!asked.includes(us.nodeId))
  })
})

describe('distances', () => {
  test('property: the logarithmic distance is the one of discv5', () => {
    fc.assert(fc.property(nodeId, nodeId, (a, b) => log2Distance(a, b) === upstreamDistance(a, b)))
    fc.assert(fc.property(nodeId, (a) => log2Distance(a, a) === 0))
  })

  test('property: asked for are distinct distances that exist, the exact one first', () => {
    fc.assert(
      fc.property(nodeId, nodeId, fc.integer({ min: 1, max: 8 }), (target, from, count) => {
        const distances = distancesTowards(target, from, count)
        assert.equal(distances[0], Math.max(1, log2Distance(target, from)))
        assert.equal(new Set(distances).size, count)
        assert.ok(distances.every((distance) => distance >= 1 && distance <= 256))
      }),
    )
  })
})
