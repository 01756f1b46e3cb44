import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ConfigError } from '../../../src/config/config-error.ts'
import { flagNames } from '../../../src/config/setting-names.ts'
import { load, scratchDirectory } from './load-with.ts'

const FLAGS = [...flagNames()]

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('0', '1', '65535', 'true', 'all', 'none', 'blind', 'hoodi', '::1', '127.0.0.1', '.', '/', '..', ''),
  fc.ipV4(),
  fc.ipV6(),
  fc.webUrl(),
  fc.integer().map(String),
)
const argument = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...FLAGS).map((flag) => `--${flag}`) },
  { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...FLAGS), value).map(([flag, text]) => `--${flag}=${text}`) },
  { weight: 2, arbitrary: value },
  { weight: 1, arbitrary: fc.string().map((text) => `--${text}`) },
)

/** Loads, or fails as documented. Answers whether it loaded. */
function loadsOrExplains(run: () => unknown): boolean {
  try {
    const config = run()
    assert.deepEqual(structuredClone(config), config)
    return true
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    assert.ok(error.problems.length > 0)
    assert.ok(error.problems.every(({ source, message }) => source !== '' && message !== ''))
    return false
  }
}

test('any command line loads or throws a ConfigError', () => {
  using scratch = scratchDirectory()
  let loaded = 0
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 8 }), (argv) => {
      if (loadsOrExplains(() => load(argv, { cwd: scratch.path }))) loaded++
    }),
    { numRuns: 1000 },
  )
  assert.ok(loaded > 0, 'the generator reaches valid command lines too')
})

test('any environment loads or throws a ConfigError', () => {
  using scratch = scratchDirectory()
  const variable = fc.constantFrom(...FLAGS).map((flag) => `STARLING_${flag.replaceAll('-', '_').toUpperCase()}`)
  fc.assert(
    fc.property(fc.dictionary(variable, value, { maxKeys: 6 }), (env) => {
      loadsOrExplains(() => load([], { env, cwd: scratch.path }))
    }),
    { numRuns: 500 },
  )
})

test('any file loads or throws a ConfigError', () => {
  using scratch = scratchDirectory()
  const line = fc.tuple(fc.constantFrom(...FLAGS, '- a', '? x'), value).map(([key, text]) => `${key}: ${text}`)
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')),
  )
  fc.assert(
    fc.property(text, (content) => {
      const file = scratch.write('any.yaml', content)
      loadsOrExplains(() => load(['--config', file], { cwd: scratch.path }))
    }),
    { numRuns: 500 },
  )
})
