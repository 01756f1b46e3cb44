import assert from 'node:assert/strict'
import { test } from 'node:test'
import { floorRun } from '../../../../bench/floor/measure-floor.ts'
import { madeClass, madeRun } from '../made-run.ts'

test('a delivery bears its sending and its part of the receiving; the worse half tells of machine and memory', () => {
  const sending = madeRun({
    cpuUsPerDelivery: 100,
    machineBusyPercent: 20,
    rssMb: 60,
    peakRssMb: 90,
    generatorLagMs: 2,
  })
  const receiving = madeRun({
    ...{ cpuUsPerDelivery: 80, machineBusyPercent: 95, isCrowded: true, rssMb: 70, peakRssMb: 80, generatorLagMs: 1 },
    ...{ deliveredPerSecond: 5, classes: [madeClass({ name: '240 B, in' })], threads: [{ name: 'main', cpuMs: 3 }] },
  })
  const run = floorRun(sending, receiving, 8)
  assert.equal(run.cpuUsPerDelivery, 110)
  assert.deepEqual(run.more, { sendUsPerDelivery: 100, receiveUsPerMessage: 80 })
  assert.deepEqual(
    [run.machineBusyPercent, run.isCrowded, run.rssMb, run.peakRssMb, run.generatorLagMs],
    [95, true, 70, 90, 2],
  )
  assert.deepEqual(
    run.classes.map(({ name }) => name),
    ['240 B', '240 B, in'],
  )
  assert.equal(run.deliveredPerSecond, sending.deliveredPerSecond)
  assert.deepEqual(run.threads, [{ name: 'main', cpuMs: 3 }])
})
