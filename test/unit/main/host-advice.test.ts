import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { hostAdvice } from '../../../src/main/host-advice.ts'
import { ROOM_BYTES } from '../../../src/network-worker/host/quic/socket-room.ts'

const CONTROL = 'net.ipv4.tcp_congestion_control'
const RESTART = 'net.ipv4.tcp_slow_start_after_idle'
const BOTH = { tcp: true, congestionControl: 'host' }

/** A host with these settings, and others that nobody asks for. */
function host(settings: Readonly<Record<string, string>>): (setting: string) => string | undefined {
  return (setting) => settings[setting]
}

function advised(config: typeof BOTH, settings: Readonly<Record<string, string>>): readonly string[] {
  return hostAdvice(config, host(settings)).map(({ sysctl, value, better }) => `${sysctl}: ${value}, not ${better}`)
}

test('BBR is advised against where TCP is on, in all its versions', () => {
  for (const value of ['bbr', 'bbr2', 'bbr3'])
    assert.deepEqual(advised(BOTH, { [CONTROL]: value }), [`${CONTROL}: ${value}, not cubic`])
  assert.deepEqual(advised({ ...BOTH, tcp: false }, { [CONTROL]: 'bbr' }), [])
  for (const value of ['cubic', 'reno']) assert.deepEqual(advised(BOTH, { [CONTROL]: value }), [])
})

test('nothing is said of it where the relay has another for itself', () => {
  for (const congestionControl of ['auto', 'cubic'])
    assert.deepEqual(advised({ ...BOTH, congestionControl }, { [CONTROL]: 'bbr' }), [])
})

test('beginning anew after a silence is advised against where TCP is on', () => {
  assert.deepEqual(advised(BOTH, { [RESTART]: '1' }), [`${RESTART}: 1, not 0`])
  assert.deepEqual(advised({ ...BOTH, tcp: false }, { [RESTART]: '1' }), [])
  assert.deepEqual(advised(BOTH, { [RESTART]: '0' }), [])
})

test('what cannot be read is not advised on', () => {
  assert.deepEqual(advised(BOTH, {}), [])
})

const OWN = `/proc/sys/${RESTART.replaceAll('.', '/')}`

test('this host is asked for its own settings', { skip: !existsSync(OWN) }, () => {
  const value = readFileSync(OWN, 'utf8').trim()
  const found = hostAdvice({ ...BOTH, congestionControl: 'auto' }).find((advice) => advice.sysctl === RESTART)
  assert.equal(found?.value, value === '0' ? undefined : value)
})

test('the file of settings that operators are given leaves nothing to advise', () => {
  const file = readFileSync(new URL('../../../docs/operators/fleet/starling.conf', import.meta.url), 'utf8')
  const settings = [...file.matchAll(/^([\w.]+) = (\S+)$/gm)].map(([, name = '', value = '']) => [name, value])
  assert.equal(settings.length, 4)
  assert.deepEqual(hostAdvice(BOTH, host(Object.fromEntries(settings))), [])
  const { 'net.core.rmem_max': read, 'net.core.wmem_max': write } = Object.fromEntries(settings)
  assert.deepEqual([Number(read), Number(write)], [ROOM_BYTES, ROOM_BYTES])
})
