import assert from 'node:assert/strict'
import { test } from 'node:test'
import { validationFlags } from '../../../bench/macro/validated.ts'
import { validationChoice } from '../../../src/config/validation-choice.ts'
import { policyOf } from '../../../src/network-worker/validation/policy/policies.ts'

test('by default all topics of a bench have the policy of an operator, but columns, whose proofs are of nothing', () => {
  const [flag, value = ''] = validationFlags('default')
  assert.equal(flag, '--validation')
  const choice = validationChoice.parse([value])
  assert.equal(choice.default, 'default')
  assert.equal(policyOf(choice, 'data_column_sidecar'), 'blind')
  assert.equal(policyOf(choice, 'beacon_block'), 'strict')
  assert.deepEqual(validationFlags('none'), ['--validation', 'none'])
})
