import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  independentSources,
  type Source,
} from '../../../../../src/network-worker/validation/policy/distinct-sources.ts'

function agentsOf(sources: readonly Source[]): Map<string, Set<string>> {
  const agents = new Map<string, Set<string>>()
  for (const { network, agent } of sources) agents.set(network, (agents.get(network) ?? new Set()).add(agent))
  return agents
}

function sources(...pairs: readonly (readonly [string, string])[]): Map<string, Set<string>> {
  return agentsOf(pairs.map(([network, agent]) => ({ network, agent })))
}

test('peers of one network, or of one agent, count once', () => {
  assert.equal(independentSources(sources()), 0)
  assert.equal(independentSources(sources(['a', 'x'], ['a', 'y'], ['a', 'z'])), 1)
  assert.equal(independentSources(sources(['a', 'x'], ['b', 'x'], ['c', 'x'])), 1)
  assert.equal(independentSources(sources(['a', 'x'], ['b', 'y'])), 2)
})

test('one that shares with two others does not hide that they are independent', () => {
  assert.equal(independentSources(sources(['a', 'x'], ['a', 'y'], ['b', 'x'])), 2)
  assert.equal(independentSources(sources(['a', 'x'], ['b', 'x'], ['b', 'y'], ['c', 'y'], ['c', 'z'])), 3)
})

/** By trying all subsets. */
function mostApart(all: readonly Source[]): number {
  let most = 0
  for (let bits = 0; bits < 2 ** all.length; bits++) {
    const chosen = all.filter((_, index) => (bits >> index) & 1)
    const networks = new Set(chosen.map(({ network }) => network))
    const agents = new Set(chosen.map(({ agent }) => agent))
    if (networks.size === chosen.length && agents.size === chosen.length) most = Math.max(most, chosen.length)
  }
  return most
}

test('it is the most that can be chosen apart', () => {
  const source = fc.record({ network: fc.constantFrom('a', 'b', 'c', 'd'), agent: fc.constantFrom('w', 'x', 'y', 'z') })
  fc.assert(
    fc.property(fc.array(source, { maxLength: 9 }), (all) => {
      assert.equal(independentSources(agentsOf(all)), mostApart(all))
    }),
  )
})
