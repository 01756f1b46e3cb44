import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineAdvice } from '../../../src/main/line-advice.ts'

const ROUTES = [
  'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
  'vpn0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0',
  'eth1\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
  '',
].join('\n')

function host(speed: string | undefined, routes: string | undefined = ROUTES): (path: string) => string | undefined {
  const files = new Map([
    ['/proc/net/route', routes],
    ['/sys/class/net/eth1/speed', speed],
    ['/sys/class/net/vpn0/speed', '10\n'],
  ])
  return (path) => files.get(path)
}

test('a narrow line by which the world is reached is told of, with nine tenths of it', () => {
  assert.deepEqual(lineAdvice({}, host('1000\n')), { interface: 'eth1', mbits: 1000, uplinkMbits: 900 })
  assert.deepEqual(lineAdvice({}, host('100\n'))?.uplinkMbits, 90)
})

test('who was told of the uplink needs no advice', () => {
  assert.equal(lineAdvice({ uplinkMbits: 500 }, host('1000\n')), undefined)
})

test('a wide line, one that says nothing, and none at all are passed over', () => {
  for (const speed of ['10000\n', '-1\n', '', 'unknown\n', undefined]) {
    assert.equal(lineAdvice({}, host(speed)), undefined, speed)
  }
  for (const routes of ['', ROUTES.split('\n').slice(0, 2).join('\n')]) {
    assert.equal(lineAdvice({}, host('1000\n', routes)), undefined)
  }
  assert.equal(
    lineAdvice({}, () => undefined),
    undefined,
  )
})
