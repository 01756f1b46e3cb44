import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { networkByName } from '../../../src/consensus/networks.ts'
import { quietFlags, starling } from './child.ts'
import { scratchDirectory } from './scratch.ts'

test('a bad configuration: exit 2 with every problem on a line of its own, nothing on stdout', async (t) => {
  const child = starling(t, ['run', '--port', '99999', '--network', 'hodi', '--target-peers', 'many', '--bogus'])
  assert.equal((await child.end()).code, 2)
  assert.deepEqual(child.lines, [])
  assert.equal(child.errorLines.length, 4, child.errorLines.join('\n'))
  for (const flag of ['--port', '--network', '--target-peers', '--bogus']) {
    assert.equal(child.errorLines.filter((line) => line.startsWith(`starling: ${flag}: `)).length, 1, flag)
  }
})

test('validate-config says yes or no and starts nothing', async (t) => {
  const good = starling(t, ['validate-config', ...quietFlags(t)])
  assert.equal((await good.end()).code, 0)
  assert.deepEqual(good.lines, ['the configuration is valid; network hoodi'])
  const bad = starling(t, ['validate-config', '--api-port', '-1'])
  assert.equal((await bad.end()).code, 2)
  assert.deepEqual(bad.lines, [])
  assert.match(bad.errorLines.join('\n'), /--api-port/)
})

test('a peer that cannot be decoded is a wrong configuration, which a service does not start again', async (t) => {
  const [record = ''] = networkByName('mainnet').bootnodes
  const forged = record.slice(0, -8)
  for (const command of ['validate-config', 'run']) {
    const flags = ['--trusted-peers', `/ip4/192.0.2.1/tcp/9000,${forged}`, '--peers', forged, '--port', 'x']
    const child = starling(t, [command, '--data-dir', scratchDirectory(t), ...flags])
    assert.equal((await child.end()).code, 2, command)
    assert.deepEqual(child.lines, [])
    const named = child.errorLines.map((line) => line.split(': ').slice(0, 2).join(': '))
    const twice = 'starling: --trusted-peers'
    assert.deepEqual(named.toSorted(), ['starling: --peers', 'starling: --port', twice, twice], named.join('\n'))
  }
})

test('an unknown command: exit 2, with the one that was meant', async (t) => {
  const child = starling(t, ['rum', '--port', '0'])
  assert.equal((await child.end()).code, 2)
  assert.deepEqual(child.errorLines, ['starling: unknown command "rum"; did you mean run?'])
})

for (const args of [['--help'], ['-h'], ['help'], ['run', '--help', '--port', 'nonsense']]) {
  test(`${args.join(' ')} prints the usage and ends well`, async (t) => {
    const child = starling(t, args)
    assert.equal((await child.end()).code, 0)
    const text = child.lines.join('\n')
    for (const word of ['Usage: starling', 'demo', '--network-dir', '--api-token-file']) assert.ok(text.includes(word))
  })
}

test('keygen makes the identity, a second one is exit 2; enr without a record of its own is exit 2', async (t) => {
  const flags = quietFlags(t)
  const made = starling(t, ['keygen', ...flags])
  assert.equal((await made.end()).code, 0)
  assert.match(made.lines.join(), /^16Uiu2\w{47}$/)
  const again = starling(t, ['keygen', ...flags])
  assert.equal((await again.end()).code, 2)
  assert.match(again.errorLines.join(), /^starling: .*node-key is there already/)
  const none = starling(t, ['enr', ...flags])
  assert.equal((await none.end()).code, 2)
  assert.match(none.errorLines.join(), /^starling: .*enr\.txt cannot be read/)
})

test('enr explains a record; a malformed one is exit 2 with the reason', async (t) => {
  const [bootnode = ''] = networkByName('mainnet').bootnodes
  const good = starling(t, ['enr', bootnode, '--json'])
  assert.equal((await good.end()).code, 0)
  assert.equal(JSON.parse(good.lines.join('\n')).enr, bootnode)
  const bad = starling(t, ['enr', bootnode.slice(0, -2)])
  assert.equal((await bad.end()).code, 2)
  assert.deepEqual(bad.lines, [])
  assert.match(bad.errorLines.join(), /^starling: invalid ENR: /)
})

test('--version prints the version of the package', async (t) => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  const child = starling(t, ['--version'])
  assert.equal((await child.end()).code, 0)
  assert.deepEqual(child.lines, [`starling ${(manifest as { version: string }).version}`])
})
