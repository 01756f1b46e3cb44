import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { computeSubscribedSubnets } from '../../../../src/consensus/subnets.ts'
import { type ParsedTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import { LookupDriver, type LookupNeed } from '../../../../src/network-worker/discovery/lookup-driver.ts'
import { LookupTargets } from '../../../../src/network-worker/discovery/lookup-targets.ts'
import type { LookupView } from '../../../../src/rpc/discovery-contract.ts'
import { RelayError } from '../../../../src/shared/errors.ts'
import { fromHex } from '../../../../src/shared/hex.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const TICK_MS = 500
const EPOCH = 420_000
const SHORT: LookupNeed = { isShort: true, topics: [] }
const ENOUGH: LookupNeed = { isShort: false, topics: [] }

function topicOf(name: string): ParsedTopic {
  return parseTopic(`/eth2/8c9f62fe/${name}/ssz_snappy`) ?? assert.fail(name)
}

/** A driver with a worker that answers at the end of each tick, unless it is told to keep its lookups. */
function scene() {
  const clock = new FakeClock()
  const state = { isThere: true, isSlow: false }
  /** When each lookup began, ms, and what it looked for. */
  const begun: { atMs: number; target: string }[] = []
  let underWay: PromiseWithResolvers<LookupView>[] = []
  const targets = new LookupTargets((bytes) => new Uint8Array(bytes).fill(7))
  const lookup = (target: string): Promise<LookupView> => {
    begun.push({ atMs: clock.monotonicMs(), target })
    const end = Promise.withResolvers<LookupView>()
    underWay.push(end)
    return end.promise
  }
  const driver = new LookupDriver({
    control: () => (state.isThere ? { lookup } : undefined),
    targets,
    clock,
    log: pino({ level: 'silent' }),
    preset: 'mainnet',
    currentEpoch: () => EPOCH,
  })
  const endAll = async (failure?: Error): Promise<void> => {
    for (const end of underWay) {
      if (failure === undefined) end.resolve({ tookMs: 1, closest: 0, records: 0 })
      else end.reject(failure)
    }
    underWay = []
    await new Promise((resolve) => setImmediate(resolve))
  }
  const run = async (need: LookupNeed, forMs: number): Promise<void> => {
    for (let ms = 0; ms < forMs; ms += TICK_MS) {
      driver.tick(need)
      if (!state.isSlow) await endAll()
      clock.advance(TICK_MS)
    }
  }
  /** Distinct times at which lookups began. */
  const times = (): number[] => [...new Set(begun.map(({ atMs }) => atMs))]
  return { clock, state, begun, targets, driver, endAll, run, times }
}

test('while peers are missing three lookups run at once, and no more', async () => {
  const { driver, state, run, begun } = scene()
  state.isSlow = true
  await run(SHORT, 60_000)
  assert.equal(begun.length, 3)
  assert.equal(driver.total, 3)
})

test('what brings nothing new is tried at longer and longer intervals, up to 30 s', async () => {
  const { run, times, begun } = scene()
  await run(SHORT, 150_000)
  assert.deepEqual(times(), [0, 2000, 6000, 14_000, 30_000, 60_000, 90_000, 120_000])
  assert.equal(begun.length, 8 * 3)
})

test('one new record, and the next look comes a second after the one that found it', async () => {
  const { driver, run, times } = scene()
  await run(SHORT, 60_000)
  driver.foundNew()
  await run(SHORT, 4000)
  assert.deepEqual(times().slice(-4), [30_000, 60_000, 61_000, 63_000])
})

test('with enough peers one lookup every 30 s', async () => {
  const { run, begun } = scene()
  await run(ENOUGH, 100_000)
  assert.deepEqual(
    begun.map(({ atMs }) => atMs),
    [0, 30_000, 60_000, 90_000],
  )
})

test('who loses peers a moment after a leisurely look does not wait for the next one', async () => {
  const { run, times } = scene()
  await run(ENOUGH, 1500)
  await run(SHORT, 500)
  assert.deepEqual(times(), [0, 1500])
})

test('need that comes and goes is no reason for more lookups', async () => {
  const { driver, clock, endAll, begun } = scene()
  for (let tick = 0; tick < 240; tick++) {
    driver.tick(tick % 2 === 0 ? SHORT : ENOUGH)
    await endAll()
    clock.advance(TICK_MS)
  }
  assert.ok(begun.length <= 8 * 3, `${begun.length} lookups in two minutes`)
})

test('without a thread nothing is counted or passed over, and looking begins as soon as it is back', async () => {
  const { driver, state, targets, run, times } = scene()
  state.isThere = false
  await run(SHORT, 45_000)
  assert.deepEqual([driver.total, targets.nextPrefix], [0, 0])
  state.isThere = true
  await run(SHORT, 500)
  assert.deepEqual(times(), [45_000])
})

test('slow lookups are no sign that there is nothing to find', async () => {
  const { driver, state, endAll, run, times } = scene()
  state.isSlow = true
  await run(SHORT, 40_000)
  await endAll()
  await run(SHORT, 500)
  assert.deepEqual([times(), driver.total], [[0, 40_000], 6])
})

test('a lookup that fails makes room like any other', async () => {
  const { driver, state, endAll, run } = scene()
  state.isSlow = true
  await run(SHORT, 500)
  await endAll(new RelayError('RPC_CLOSED', 'the thread died'))
  await run(SHORT, 5000)
  assert.equal(driver.total, 6)
})

test('short of subnets alone is reason enough: every third lookup goes towards one, in turn', async () => {
  const { run, begun } = scene()
  const topics = [topicOf('beacon_attestation_5'), topicOf('data_column_sidecar_9'), topicOf('beacon_attestation_60')]
  await run({ isShort: false, topics }, 2500)
  const kept = begun.map(({ target }) => computeSubscribedSubnets(fromHex(target, 32), EPOCH))
  assert.equal(begun.length, 6)
  assert.ok(kept[0]?.includes(5), `${kept[0]}`)
  assert.ok(kept[3]?.includes(60), `${kept[3]}`)
  const sweeps = [1, 2, 4, 5].map((place) => begun[place]?.target.slice(0, 2))
  assert.deepEqual(sweeps, ['00', '80', '40', 'c0'])
})

test('for columns there is no place to look: the sweep goes on', async () => {
  const { run, begun } = scene()
  await run({ isShort: false, topics: [topicOf('data_column_sidecar_9')] }, 500)
  assert.deepEqual(
    begun.map(({ target }) => target.slice(0, 2)),
    ['00', '80', '40'],
  )
})
