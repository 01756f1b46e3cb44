import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { measureRelay } from '../../../bench/macro/measure-relay.ts'
import { madeClass, STARLING } from './made-run.ts'

const skip = process.platform === 'linux' ? false : '/proc is Linux only'
const ABOUT = { case: 'a case', variant: STARLING, round: 2 }
/** Some ticks of the clock that CPU is counted by. */
const BURN_MS = 60

function burn(): void {
  const endMs = process.cpuUsage().user / 1000 + BURN_MS
  while (process.cpuUsage().user / 1000 < endMs);
}

test('the figures are those of the traffic: its CPU, its deliveries, its classes', { skip }, async () => {
  const classes = [madeClass({ name: 'small', delivered: 60 }), madeClass({ name: 'large', delivered: 40 })]
  const traffic = async () => {
    burn()
    return { classes, lagMs: 1.25, more: { copies: 5 } }
  }
  burn()
  const run = await measureRelay({ pid: process.pid }, traffic, ABOUT)
  assert.equal(run.case, 'a case')
  assert.equal(run.variant, STARLING)
  assert.equal(run.round, 2)
  assert.deepEqual(run.classes, classes)
  assert.deepEqual(run.more, { copies: 5 })
  assert.ok(run.windowSeconds > 0 && run.windowSeconds < 60)
  assert.ok(run.machineBusyPercent >= 0 && run.machineBusyPercent <= 100)
  assert.equal(run.isCrowded, run.machineBusyPercent > 90)
  assert.ok(run.rssMb > 10 && run.peakRssMb >= run.rssMb)
  const burntUs = run.cpuUsPerDelivery * 100
  assert.ok(burntUs >= (BURN_MS - 20) * 1000, `${burntUs} us`)
  assert.ok(run.threads.some(({ cpuMs }) => cpuMs >= BURN_MS - 20))
})

test('rates are of the time that messages were published, not of the wait for the last', { skip }, async () => {
  const traffic = async () => {
    await delay(200)
    return { classes: [madeClass({ delivered: 50 })], lagMs: 0 }
  }
  const run = await measureRelay({ pid: process.pid }, traffic, { ...ABOUT, seconds: 0.1 })
  assert.equal(run.windowSeconds, 0.1)
  assert.equal(run.deliveredPerSecond, 500)
})

test('a relay that delivers nothing, or is gone, gives no run', { skip }, async () => {
  const nothing = async () => ({ classes: [madeClass({ delivered: 0 })], lagMs: 0 })
  await assert.rejects(measureRelay({ pid: process.pid }, nothing, ABOUT), { message: 'the relay delivered nothing' })
  const beyondAllPids = 2 ** 30
  await assert.rejects(measureRelay({ pid: beyondAllPids }, nothing, ABOUT), { code: 'ENOENT' })
})
