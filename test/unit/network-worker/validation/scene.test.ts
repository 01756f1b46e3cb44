import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createForkSchedule } from '../../../../src/consensus/fork-schedule.ts'
import { createSlotClock } from '../../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../../src/consensus/topic.ts'
import type { CheckScene } from '../../../../src/network-worker/validation/checks/scene.ts'
import { createScene } from '../../../../src/network-worker/validation/tier-zero.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { ALL_FORKS, slotOf } from './judge-scene.ts'

const FULU = slotOf('fulu')

function sceneOf(clock: FakeClock, activeValidators: () => number | null = () => null): CheckScene {
  const schedule = createForkSchedule(ALL_FORKS)
  const entry = schedule.at(Math.floor(FULU / ALL_FORKS.slotsPerEpoch))
  const parsed = parseTopic(formatTopic(entry.digestHex, 'beacon_attestation_9'))
  assert.ok(parsed !== undefined)
  const slotClock = createSlotClock(ALL_FORKS, clock)
  const deps = { network: ALL_FORKS, schedule, slotClock, nowMs: () => clock.nowMs(), finalizedSlot: () => 96 }
  return createScene({ ...deps, activeValidators }, { parsed, entry })
}

function clockAt(slot: number, offsetMs: number): FakeClock {
  return new FakeClock(ALL_FORKS.genesisTimeSeconds * 1000 + slot * ALL_FORKS.slotDurationMs + offsetMs)
}

test('a scene says what topic, preset and network are', () => {
  const scene = sceneOf(clockAt(FULU, 0))
  assert.equal(scene.kind, 'beacon_attestation')
  assert.equal(scene.subnet, 9)
  assert.equal(scene.fork, 'fulu')
  assert.equal(scene.maxBlobsPerBlock, ALL_FORKS.maxBlobsPerBlockElectra)
  assert.equal(scene.finalizedSlot(), 96)
  assert.equal(scene.digestAt(FULU), scene.digestHex)
  assert.notEqual(scene.digestAt(slotOf('electra')), scene.digestHex)
  assert.equal(scene.forkAt(slotOf('electra')), 'electra')
})

/** Current, newest and oldest current slot, seen from FULU. */
function slotsAt(offsetMs: number): number[] {
  const scene = sceneOf(clockAt(FULU, offsetMs))
  return [scene.currentSlot() - FULU, scene.newestSlot() - FULU, scene.oldestCurrentSlot() - FULU]
}

test('both ends of a slot allow for 500 ms, inclusively', () => {
  assert.deepEqual(slotsAt(0), [0, 0, -1])
  assert.deepEqual(slotsAt(500), [0, 0, -1])
  assert.deepEqual(slotsAt(501), [0, 0, 0])
  assert.deepEqual(slotsAt(1499), [0, 0, 0])
  assert.deepEqual(slotsAt(1500), [0, 1, 0])
  assert.deepEqual(slotsAt(-501), [-1, -1, -1])
})

test('time goes on for a scene', () => {
  const clock = clockAt(FULU, 0)
  const scene = sceneOf(clock)
  clock.advance(3 * ALL_FORKS.slotDurationMs)
  assert.equal(scene.currentSlot(), FULU + 3)
})

test('the number of committees is known where twice and half as many validators have the same', () => {
  let validators: number | null = null
  const scene = sceneOf(clockAt(FULU, 0), () => validators)
  const expected: readonly [number | null, number | undefined][] = [
    [null, undefined],
    [1, 1],
    [4095, 1],
    [4096, undefined],
    [262_144, undefined],
    [524_287, undefined],
    [524_288, 64],
    [1_000_000, 64],
    [null, undefined],
  ]
  for (const [count, committees] of expected) {
    validators = count
    assert.equal(scene.committeesPerSlot(), committees, String(count))
    assert.equal(scene.committeesPerSlot(), committees, String(count))
  }
})
