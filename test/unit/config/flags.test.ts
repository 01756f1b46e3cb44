import assert from 'node:assert/strict'
import { test } from 'node:test'
import { informationAsked } from '../../../src/config/read-argv.ts'
import { load, problemLines } from './load-with.ts'

test('a value follows its flag or an equals sign', () => {
  assert.equal(load(['--network-load', '7']).networkLoad, 7)
  assert.equal(load(['--network-load=7']).networkLoad, 7)
  assert.equal(load(['--data-dir=/a=b']).dataDir, '/a=b')
})

test('a switch turns on, off and by value', () => {
  assert.equal(load(['--no-quic']).quic, false)
  assert.equal(load(['--quic=false']).quic, false)
  assert.equal(load(['--quic']).quic, true)
  assert.equal(load(['--no-discovery']).discovery, false)
  assert.equal(load(['--count-loopback']).countLoopback, true)
  assert.equal(load(['--count-loopback=off']).countLoopback, false)
  assert.deepEqual(problemLines(['--quic=maybe']), ['--quic: must be true or false; got "maybe"'])
  assert.deepEqual(problemLines(['--no-quic=false']), ['--no-quic: takes no value'])
})

test('lists grow by repetition and by commas, and keep each item once', () => {
  const config = load([
    '--cors-origin',
    'http://a.test, http://b.test',
    '--cors-origin=http://c.test',
    '--cors-origin',
    'http://a.test',
  ])
  assert.deepEqual(config.corsOrigin, ['http://a.test', 'http://b.test', 'http://c.test'])
})

test('anything but a list may be given once only, in either form', () => {
  assert.deepEqual(problemLines(['--port', '1', '--port=1']), ['--port: given more than once'])
  assert.deepEqual(problemLines(['--quic', '--no-quic']), ['--no-quic: given as well as --quic'])
})

test('a missing value is named and the next flag is still read', () => {
  assert.deepEqual(problemLines(['--port', '--api-port', 'x', '--data-dir']), [
    '--port: needs a value',
    '--data-dir: needs a value',
    '--api-port: must be a whole number from 0 to 65535; got "x"',
  ])
})

test('an unknown flag is refused with the nearest one that exists', () => {
  assert.deepEqual(problemLines(['--network-laod', '7']), [
    '--network-laod: unknown flag; did you mean --network-load?',
  ])
  assert.deepEqual(problemLines(['--no-qic']), ['--no-qic: unknown flag; did you mean --no-quic?'])
  assert.deepEqual(problemLines(['--relay-chain=http://localhost']), ['--relay-chain: unknown flag'])
  assert.deepEqual(problemLines(['--no-port']), ['--no-port: unknown flag'])
  assert.deepEqual(problemLines(['--Port', '1']), ['--Port: unknown flag; did you mean --port?'])
  assert.deepEqual(problemLines(['-x']), ['-x: unknown flag'])
  assert.match(problemLines([`--\u001b[31m${'x'.repeat(500)}`])[0] ?? '', /^--\\u001b\[31mx+…: unknown flag$/)
})

test('stray arguments are refused', () => {
  assert.deepEqual(problemLines(['status', '--', '']), [
    '"status": is not a flag',
    '"--": is not a flag',
    '"": is not a flag',
  ])
})

test('help and version are recognised beside any mistake, and do not disturb loading', () => {
  assert.equal(informationAsked(['--port', 'x', '--bogus', '-h']), 'help')
  assert.equal(informationAsked(['--version', '--help']), 'help')
  assert.equal(informationAsked(['--version']), 'version')
  assert.equal(informationAsked(['--data-dir', 'help']), undefined)
  assert.equal(load(['--help']).port, 9000)
})
