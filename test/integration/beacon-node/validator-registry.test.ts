import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import pino from 'pino'
import { BeaconApi, IDENTITIES_AT_ONCE } from '../../../src/beacon-node/beacon-api.ts'
import { KEY_FILE, KeyFile } from '../../../src/beacon-node/key-file.ts'
import { ValidatorRegistry } from '../../../src/beacon-node/validator-registry.ts'
import { genesisHeadBytes } from '../../../src/consensus/genesis-validators.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { ValidatorKeys } from '../../../src/shared/validator-keys.ts'
import { BeaconNodeServer, pubkeyOf, sendJson } from '../../support/beacon-node-server.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/until.ts'
import { smallNetwork } from '../../unit/network-worker/small-network.ts'

const NETWORK = smallNetwork()
const EPOCH_MS = NETWORK.slotsPerEpoch * NETWORK.slotDurationMs
const IDENTITIES = '/eth/v1/beacon/states/finalized/validator_identities'
const HEAD_BYTES = 48

function newDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'starling-keys-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

interface SceneOptions {
  readonly dataDir: string
  readonly genesisFile?: string
  readonly server?: BeaconNodeServer
}

function registryIn(t: TestContext, { dataDir, genesisFile, server }: SceneOptions) {
  const keys = new ValidatorKeys()
  const clock = new FakeClock()
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const api = server && new BeaconApi({ url: server.url, clock: systemClock })
  const ready = { is: true }
  const registry = new ValidatorRegistry({
    ...{ keys, network: NETWORK, dataDir, genesisFile, api, clock, log },
    isReady: () => ready.is,
  })
  t.after(async () => {
    api?.stop()
    await registry.stop()
  })
  registry.start()
  /** Lets what waits begin, and waits until the next is waited for. */
  const turn = async (ms = 0): Promise<void> => {
    await until('a wait', () => clock.pending === 1)
    clock.advance(ms)
    await until('a wait', () => clock.pending === 1)
  }
  return { keys, registry, turn, ready, lines }
}

const same = (keys: ValidatorKeys, index: number): void =>
  assert.deepEqual(Buffer.from(keys.at(index) ?? 'none'), pubkeyOf(index))

for (const identityType of ['ssz', 'json'] as const) {
  test(`all keys, in requests of bounded size, as ${identityType}; then only what is new`, async (t) => {
    const server = await BeaconNodeServer.start(t, NETWORK)
    Object.assign(server, { validators: 20_000, identityType })
    const { keys, registry, turn } = registryIn(t, { dataDir: newDir(t), server })
    await turn()
    assert.equal(keys.count, 20_000)
    for (const index of [0, 1, 8191, 8192, 19_999]) same(keys, index)
    assert.deepEqual(server.identityRequests, [
      [0, IDENTITIES_AT_ONCE],
      [8191, IDENTITIES_AT_ONCE],
      [16_382, IDENTITIES_AT_ONCE],
    ])
    assert.equal(registry.isWhole, true)
    server.validators += 5
    await turn(EPOCH_MS)
    assert.equal(keys.count, 20_005)
    assert.deepEqual(server.identityRequests.at(-1), [19_999, IDENTITIES_AT_ONCE])
  })
}

test('after a restart they are read from disk, and one request asks for the rest', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  server.validators = 10_000
  const dataDir = newDir(t)
  const first = registryIn(t, { dataDir, server })
  await first.turn()
  await first.registry.stop()
  // As a write that was cut short leaves it.
  appendFileSync(join(dataDir, KEY_FILE), Buffer.alloc(20, 1))
  server.identityRequests.length = 0
  server.validators = 10_001
  const { keys, turn } = registryIn(t, { dataDir, server })
  await turn()
  assert.deepEqual(server.identityRequests, [[9999, IDENTITIES_AT_ONCE]])
  assert.equal(keys.count, 10_001)
  same(keys, 10_000)
  assert.equal(statSync(join(dataDir, KEY_FILE)).size, HEAD_BYTES + 10_001 * 48)
})

test('a file of another chain, or of something else, is written anew', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  for (const content of ['', 'x', Buffer.alloc(4096, 7)]) {
    const dataDir = newDir(t)
    writeFileSync(join(dataDir, KEY_FILE), content)
    const { keys, turn } = registryIn(t, { dataDir, server })
    await turn()
    assert.equal(keys.count, 64)
    same(keys, 63)
    assert.equal(readFileSync(join(dataDir, KEY_FILE)).length, HEAD_BYTES + 64 * 48)
  }
})

test("keys that are not the node's are dropped, and read anew", async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  const dataDir = newDir(t)
  {
    await using file = await KeyFile.open(dataDir, NETWORK.genesisValidatorsRootHex)
    await file.append(Buffer.alloc(64 * 48, 0xbb))
  }
  const { keys, turn, lines } = registryIn(t, { dataDir, server })
  await turn()
  assert.equal(keys.count, 0)
  assert.match(lines.at(-1) ?? '', /not the beacon node's/)
  await turn(5000)
  assert.equal(keys.count, 64)
  same(keys, 0)
})

test('a damaged file gives no keys, and they are fetched anew', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  const dataDir = newDir(t)
  const first = registryIn(t, { dataDir, server })
  await first.turn()
  await first.registry.stop()
  const path = join(dataDir, KEY_FILE)
  const file = readFileSync(path)
  file[HEAD_BYTES + 1000] = 0x5c
  writeFileSync(path, file)
  server.identityRequests.length = 0
  const { keys, turn, lines } = registryIn(t, { dataDir, server })
  await turn()
  assert.deepEqual(server.identityRequests, [[0, IDENTITIES_AT_ONCE]])
  for (const index of [0, 20, 63]) same(keys, index)
  assert.match(lines[0] ?? '', /damaged/)
})

test('a disk that is full costs the file, not the keys, and leaves no gap in it', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  server.validators = 20_000
  const dataDir = newDir(t)
  const { keys, registry, turn, lines } = registryIn(t, { dataDir, server })
  const append = t.mock.method(KeyFile.prototype, 'append', async () => {
    throw new Error('ENOSPC: no space left on device')
  })
  await turn()
  append.mock.restore()
  assert.equal(keys.count, 20_000)
  assert.equal(append.mock.callCount(), 1)
  server.validators += 100
  await turn(EPOCH_MS)
  assert.equal(keys.count, 20_100)
  assert.equal(lines.filter((line) => line.includes('kept in memory only')).length, 1)
  await registry.stop()
  await using file = await KeyFile.open(dataDir, NETWORK.genesisValidatorsRootHex)
  assert.equal(file.count, 0)
})

test('a start after a stop opens nothing', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  const dataDir = newDir(t)
  const api = new BeaconApi({ url: server.url, clock: systemClock })
  const registry = new ValidatorRegistry({
    ...{ keys: new ValidatorKeys(), network: NETWORK, dataDir, genesisFile: undefined, api },
    ...{ isReady: () => true, clock: new FakeClock(), log: pino({ level: 'silent' }) },
  })
  await registry.stop()
  registry.start()
  await registry.stop()
  assert.equal(statSync(join(dataDir, KEY_FILE), { throwIfNoEntry: false }), undefined)
})

test('a node that is not ready is not asked', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  const { keys, turn, ready } = registryIn(t, { dataDir: newDir(t), server })
  ready.is = false
  await turn()
  assert.deepEqual(server.asked, [])
  ready.is = true
  await turn(5000)
  assert.equal(keys.count, 64)
})

test('what comes wrong is not kept, and asked for again', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  const { keys, turn, lines } = registryIn(t, { dataDir: newDir(t), server })
  const rows = (...indices: readonly number[]) =>
    indices.map((index) => ({
      index: String(index),
      pubkey: `0x${pubkeyOf(index).toString('hex')}`,
      activation_epoch: '0',
    }))
  for (const data of [rows(1), rows(0, 0), rows(9000), [{ index: '0', pubkey: '0x00' }], 'none']) {
    server.instead.set(IDENTITIES, (_, response) => sendJson(response, { data }))
    await turn(300_000)
    assert.equal(keys.count, 0)
  }
  assert.ok(lines.every((line) => line.includes('could not be fetched')))
  server.instead.clear()
  await turn(300_000)
  assert.equal(keys.count, 64)
})

/** The parts of a genesis state that are looked at. */
function genesisFile(dir: string, validators: number): string {
  const headBytes = genesisHeadBytes(NETWORK)
  const state = Buffer.alloc(headBytes + validators * 121)
  state.write(NETWORK.genesisValidatorsRootHex, 8, 'hex')
  state.write(NETWORK.forks[0]?.versionHex ?? '', 52, 'hex')
  state.writeUInt32LE(headBytes, headBytes - 8)
  state.writeUInt32LE(state.length, headBytes - 4)
  for (let index = 0; index < validators; index++) pubkeyOf(index).copy(state, headBytes + index * 121)
  const path = join(dir, 'genesis.ssz')
  writeFileSync(path, state)
  return path
}

test('a genesis state gives the keys of its validators without any beacon node, and writes nothing', async (t) => {
  const dataDir = newDir(t)
  const { keys } = registryIn(t, { dataDir, genesisFile: genesisFile(dataDir, 20_000) })
  await until('the keys', () => keys.count === 20_000)
  for (const index of [0, 8191, 8192, 19_999]) same(keys, index)
  assert.equal(statSync(join(dataDir, KEY_FILE), { throwIfNoEntry: false }), undefined)
})

test('with both, the node is asked for those after genesis', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  const dataDir = newDir(t)
  const { keys, turn } = registryIn(t, { dataDir, server, genesisFile: genesisFile(dataDir, 60) })
  await turn()
  assert.equal(keys.count, 64)
  assert.deepEqual(server.identityRequests, [[59, IDENTITIES_AT_ONCE]])
})

test('no file is no matter, one that is no state a line in the log; and there are no keys', async (t) => {
  for (const content of [undefined, 'x'.repeat(600_000)]) {
    const dataDir = newDir(t)
    const path = join(dataDir, 'genesis.ssz')
    if (content !== undefined) writeFileSync(path, content)
    const { keys, lines, registry } = registryIn(t, { dataDir, genesisFile: path })
    await registry.stop()
    assert.equal(lines.length, content === undefined ? 0 : 1)
    if (content !== undefined) assert.match(lines[0] ?? '', /genesis.ssz has another genesis validators root/)
    assert.equal(keys.count, 0)
  }
})

test('a node without the route is asked less and less, and complained of once', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  server.instead.set(IDENTITIES, (_, response) => sendJson(response, { code: 404, message: 'no' }, 404))
  const { turn, lines } = registryIn(t, { dataDir: newDir(t), server })
  await turn()
  for (const ms of [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
    const before = server.asked.length
    await turn(ms - 1)
    assert.equal(server.asked.length, before)
    await turn(1)
    assert.equal(server.asked.length, before + 2) // by both routes that could tell
  }
  assert.equal(lines.length, 1)
})

test('a node without the route for keys is asked for validators', async (t) => {
  const server = await BeaconNodeServer.start(t, NETWORK)
  server.validators = 9000
  server.instead.set(IDENTITIES, (_, response) => sendJson(response, { code: 400, message: 'no' }, 400))
  server.instead.set('/eth/v1/beacon/states/finalized/validators', (_, response, body) => {
    const { ids } = JSON.parse(body) as { readonly ids: readonly string[] }
    const known = ids.filter((id) => Number(id) < server.validators)
    const validatorOf = (id: string) => ({
      ...{ pubkey: `0x${pubkeyOf(Number(id)).toString('hex')}`, withdrawal_credentials: `0x${'01'.repeat(32)}` },
      ...{ effective_balance: '32000000000', slashed: false, exit_epoch: '18446744073709551615' },
    })
    const data = known.map((index) => ({ index, balance: '1', status: 'active', validator: validatorOf(index) }))
    sendJson(response, { execution_optimistic: false, finalized: true, data })
  })
  const { keys, turn } = registryIn(t, { dataDir: newDir(t), server })
  await turn()
  assert.equal(keys.count, 9000)
  for (const index of [0, 8191, 8192, 8999]) same(keys, index)
})
