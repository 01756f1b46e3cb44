import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atLeast, pairedFlags, pairedVariants, someOf } from '../../../bench/macro/flags.ts'
import { variantLabel } from '../../../bench/variant.ts'

const DEFAULTS = { seconds: 20, warmupSeconds: 5 }
/** Without the Rust relay, whose compiler a machine may lack. */
const WITHOUT_RUST = ['--relays', 'starling,go']

test('defaults: five rounds of the bench’s own length, nothing validated, every transport', () => {
  const { extra, ...options } = pairedFlags(WITHOUT_RUST, DEFAULTS)
  assert.deepEqual(extra, {})
  assert.deepEqual(options, {
    relays: ['starling', 'go'],
    transports: ['tcp', 'quic'],
    validations: ['none'],
    rounds: 5,
    seconds: 20,
    warmupSeconds: 5,
    only: '',
    resultSuffix: '',
    isSmoke: false,
  })
})

test('results are written of whole runs, or where a name is given', () => {
  const suffix = (...flags: string[]) => pairedFlags([...WITHOUT_RUST, ...flags], DEFAULTS).resultSuffix
  assert.equal(suffix(), '')
  assert.equal(suffix('--rounds', '1'), undefined)
  assert.equal(suffix('--only', '120 kB'), undefined)
  assert.equal(suffix('--rounds', '1', '--results', 'short'), 'short')
})

test('a bench’s own flags have defaults; what nobody knows is refused', () => {
  const own = { peers: '50', rate: '10' }
  const { extra } = pairedFlags([...WITHOUT_RUST, '--peers', '8'], DEFAULTS, own)
  assert.deepEqual({ ...extra }, { peers: '8', rate: '10' })
  assert.throws(() => pairedFlags([...WITHOUT_RUST, '--copies', '5'], DEFAULTS, own), /--copies/)
})

test('lists: in the order of the choices, each once; what is no choice is refused', () => {
  const choices = ['starling', 'go', 'rust'] as const
  assert.deepEqual(someOf('relays', 'rust, starling,rust', choices), ['starling', 'rust'])
  assert.throws(() => someOf('relays', 'starling,nim', choices), {
    message: '--relays is one or more of starling,go,rust',
  })
  assert.throws(() => someOf('relays', '', choices))
})

test('numbers: no less than the least, and finite', () => {
  assert.equal(atLeast('seconds', '2.5', 1), 2.5)
  for (const text of ['0', 'NaN', 'Infinity', 'ten']) assert.throws(() => atLeast('seconds', text, 1), /--seconds/)
})

test('variants: only Starling validates, so only it comes once for each validation', () => {
  const options = pairedFlags([...WITHOUT_RUST, '--validation', 'none,blind'], DEFAULTS)
  assert.deepEqual(pairedVariants(options).map(variantLabel), [
    ...['starling tcp', 'starling tcp blind', 'go tcp'],
    ...['starling quic', 'starling quic blind', 'go quic'],
  ])
  const { validations } = pairedFlags([...WITHOUT_RUST, '--validation', 'default,blind'], DEFAULTS)
  assert.deepEqual(validations, ['blind', 'default'])
})
