import assert from 'node:assert/strict'
import { test } from 'node:test'
import { topicFlags } from '../../../bench/macro/topic-flags.ts'

test('subnets and columns become lists of numbers, everything else a kind', () => {
  const names = [
    ...['beacon_attestation_0', 'beacon_attestation_63', 'beacon_block', 'beacon_aggregate_and_proof'],
    ...['data_column_sidecar_7', 'data_column_sidecar_8'],
  ]
  assert.deepEqual(topicFlags(names), [
    ...['--topics', 'beacon_block,beacon_aggregate_and_proof,data_column_sidecar'],
    ...['--attestation-subnets', '0,63', '--custody-columns', '7,8'],
  ])
})

test('what is not named is not relayed', () => {
  assert.deepEqual(topicFlags(['beacon_block']), ['--topics', 'beacon_block', '--attestation-subnets', 'none'])
  assert.deepEqual(topicFlags(['beacon_attestation_3']), ['--topics', 'none', '--attestation-subnets', '3'])
})
