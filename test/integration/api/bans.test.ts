import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startHarness } from './api-harness.ts'
import { RelayDouble } from './relay-double.ts'

function ok(member: Readonly<Record<string, string>>, action: string): string {
  return JSON.stringify({ status: 'ok', ...member, action })
}

test('/bans/ip: a range is banned in its canonical form, listed, kept and unbanned', async (t) => {
  const relay = new RelayDouble()
  const { call, stored } = await startHarness(t, relay.handlers)
  assert.equal((await call('GET', '/bans/ip')).text, '[]')
  for (const [given, cidr] of [
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['2001:DB8::/32', '2001:db8::/32'],
  ] as const) {
    const reply = await call('POST', '/bans/ip', { body: { cidr: given } })
    assert.deepEqual([reply.status, reply.text], [200, ok({ cidr }, 'banned')])
  }
  assert.equal(
    (await call('GET', '/bans/ip')).text,
    JSON.stringify([{ cidr: '192.0.2.0/24' }, { cidr: '2001:db8::/32' }]),
  )
  assert.deepEqual(stored().access.bannedRanges, ['192.0.2.0/24', '2001:db8::/32'])
  assert.deepEqual([...relay.access.ranges], ['192.0.2.0/24', '2001:db8::/32'])
  for (const cidr of ['2001:db8::/32', '192.0.2.0/24']) {
    const reply = await call('DELETE', `/bans/ip/${encodeURIComponent(cidr)}`)
    assert.deepEqual([reply.status, reply.text], [200, ok({ cidr }, 'unbanned')])
  }
  assert.deepEqual([stored().access.bannedRanges, relay.access.ranges.size], [[], 0])
})

test('/bans/ip: a single address is its own range, by either name', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  for (const [given, path] of [
    ['1.2.3.4', '1.2.3.4%2F32'],
    ['1.2.3.4/32', '1.2.3.4'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    ['2001:db8::1', '2001:DB8:0::1'],
  ] as const) {
    const { cidr } = (await call('POST', '/bans/ip', { body: { cidr: given } })).json() as { cidr: string }
    assert.equal((await call('DELETE', `/bans/ip/${path}`)).text, ok({ cidr }, 'unbanned'))
  }
})

test('/bans/agent: a name is banned in lower case, listed, kept and unbanned in any case', async (t) => {
  const relay = new RelayDouble()
  const { call, stored } = await startHarness(t, relay.handlers)
  assert.equal((await call('GET', '/bans/agent')).text, '[]')
  for (let round = 0; round < 2; round++) {
    const reply = await call('POST', '/bans/agent', { body: { agent: 'Prysm/v5.2' } })
    assert.deepEqual([reply.status, reply.text], [200, ok({ agent: 'prysm/v5.2' }, 'banned')])
  }
  assert.equal((await call('GET', '/bans/agent')).text, '[{"agent":"prysm/v5.2"}]')
  assert.deepEqual(stored().access.bannedAgents, ['prysm/v5.2'])
  const reply = await call('DELETE', `/bans/agent/${encodeURIComponent('PRYSM/v5.2')}`)
  assert.deepEqual([reply.status, reply.text], [200, ok({ agent: 'prysm/v5.2' }, 'unbanned')])
  assert.deepEqual([stored().access.bannedAgents, relay.access.agents.size], [[], 0])
})

test('an agent name with what a path gives meaning to is decoded once', async (t) => {
  const { call } = await startHarness(t, new RelayDouble().handlers)
  for (const agent of ['100%', '%41', 'a/b?c#d', '..', '+ ', '%2f']) {
    assert.equal((await call('POST', '/bans/agent', { body: { agent } })).status, 200)
    const path = agent === '..' ? '%2E%2E' : encodeURIComponent(agent)
    assert.equal((await call('DELETE', `/bans/agent/${path}`)).text, ok({ agent }, 'unbanned'), agent)
  }
})

const BAD_RANGE = 'invalid IP range'
const BAD_AGENT = 'agent must be 1 to 128 printable ASCII characters'
const REFUSED: readonly (readonly [
  method: string,
  path: string,
  body: unknown,
  answer: readonly [status: number, error: string],
])[] = [
  ['DELETE', '/bans/ip/198.51.100.0%2F24', undefined, [404, 'IP range not found in banned list']],
  ['DELETE', '/bans/ip/192.0.2.1', undefined, [404, 'IP range not found in banned list']],
  ['DELETE', '/bans/agent/teku', undefined, [404, 'agent not found in banned list']],
  ['DELETE', '/bans/agent/pry', undefined, [404, 'agent not found in banned list']],
  ['DELETE', '/bans/ip/x', undefined, [400, BAD_RANGE]],
  ['DELETE', '/bans/ip/192.0.2.0%2F33', undefined, [400, BAD_RANGE]],
  ['DELETE', '/bans/ip/192.0.2.0%252F24', undefined, [400, BAD_RANGE]],
  ['DELETE', '/bans/agent/%C3%A9', undefined, [400, BAD_AGENT]],
  ['DELETE', `/bans/agent/${'a'.repeat(129)}`, undefined, [400, BAD_AGENT]],
  ['DELETE', '/bans/agent/prysm', { all: true }, [400, 'no body is expected here']],
  ['POST', '/bans/ip', { cidr: '192.0.2.0/240' }, [400, BAD_RANGE]],
  ['POST', '/bans/ip', { cidr: 'localhost' }, [400, BAD_RANGE]],
  ['POST', '/bans/ip', {}, [400, 'cidr must be a string']],
  ['POST', '/bans/ip', { cidr: '192.0.2.0/24', why: 'x' }, [400, 'unknown key "why"']],
  ['POST', '/bans/agent', { agent: '' }, [400, BAD_AGENT]],
  ['POST', '/bans/agent', { agent: 'a\nb' }, [400, BAD_AGENT]],
  ['POST', '/bans/agent', { agent: null }, [400, 'agent must be a string']],
  ['POST', '/bans/agent', { agent: 'a'.repeat(20_000) }, [413, 'body too large']],
  ['POST', '/bans/agent', 'agent=x', [415, 'content type must be application/json']],
]

for (const [method, path, body, [status, error]] of REFUSED) {
  const sent = JSON.stringify(body)?.slice(0, 40) ?? ''
  test(`${method} ${path.slice(0, 40)} ${sent}: ${status}, and nothing changes`, async (t) => {
    const relay = new RelayDouble()
    const { call, stored } = await startHarness(t, relay.handlers)
    await call('POST', '/bans/ip', { body: { cidr: '192.0.2.0/24' } })
    await call('POST', '/bans/agent', { body: { agent: 'prysm' } })
    const before = [relay.state, stored()]
    const reply = await call(method, path, { body })
    assert.deepEqual([reply.status, reply.text], [status, JSON.stringify({ error })])
    assert.deepEqual([relay.state, stored()], before)
  })
}

test('the 65th agent name is refused with its list full, and what is there may be named again', async (t) => {
  const { call, stored } = await startHarness(t, new RelayDouble().handlers)
  for (let index = 0; index < 64; index++) {
    assert.equal((await call('POST', '/bans/agent', { body: { agent: `agent-${index}` } })).status, 200)
  }
  const reply = await call('POST', '/bans/agent', { body: { agent: 'one more' } })
  assert.equal(reply.status, 409)
  assert.match(reply.text, /64/)
  assert.equal((await call('POST', '/bans/agent', { body: { agent: 'agent-7' } })).status, 200)
  assert.equal(stored().access.bannedAgents.length, 64)
})
