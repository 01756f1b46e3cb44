import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccessDocument, DirectControl, Operator } from '../../../src/api/operator.ts'
import { shareReads } from '../../../src/api/shared-reads.ts'
import type { PeerView } from '../../../src/rpc/peer-views.ts'
import { RelayError } from '../../../src/shared/errors.ts'
import { FakeClock } from '../../support/fake-clock.ts'

interface Sent {
  readonly method: string
  readonly argument: unknown
  resolve(value?: unknown): void
  reject(error: RelayError): void
}

const DOCUMENT: AccessDocument = {
  version: 1,
  banned_peers: [],
  banned_ip_ranges: [],
  banned_agents: [],
  trusted_peers: [],
}

/** Shared reads of a worker and an operator whose calls wait until the test settles them. */
function manual(): {
  readonly control: DirectControl
  readonly shared: DirectControl
  readonly operator: Operator
  readonly sent: Sent[]
  readonly clock: FakeClock
} {
  const sent: Sent[] = []
  const method =
    <T>(name: string) =>
    (argument?: unknown): Promise<T> => {
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      sent.push({ method: name, argument, resolve: (value) => resolve(value as T), reject })
      return promise
    }
  const control: DirectControl = {
    listTrustedPeers: method('listTrustedPeers'),
    getHealth: method('getHealth'),
    getNodeInfo: method('getNodeInfo'),
    listPeers: method('listPeers'),
    getPeer: method('getPeer'),
    connectPeer: method('connectPeer'),
    disconnectPeer: method('disconnectPeer'),
    listMesh: method('listMesh'),
    listExplicitPeers: method('listExplicitPeers'),
    graft: method('graft'),
    prune: method('prune'),
    getConfig: method('getConfig'),
    resolvePeer: method('resolvePeer'),
    listNodePeers: method('listNodePeers'),
    getNodePeer: method('getNodePeer'),
    getSyncing: method('getSyncing'),
    listPeerScoreStats: method('listPeerScoreStats'),
    listGossipScoreStats: method('listGossipScoreStats'),
    listFirstBlockSenders: method('listFirstBlockSenders'),
    listArrivals: method('listArrivals'),
    getDiscoveryStats: method('getDiscoveryStats'),
    listDiscoveredPeers: method('listDiscoveredPeers'),
  }
  const operator: Operator = {
    patchConfig: method('patchConfig'),
    addExplicitPeer: method('addExplicitPeer'),
    removeExplicitPeer: method('removeExplicitPeer'),
    listBannedPeers: method('listBannedPeers'),
    banPeer: method('banPeer'),
    unbanPeer: method('unbanPeer'),
    trustPeer: method('trustPeer'),
    trustConnectedPeer: method('trustConnectedPeer'),
    untrustPeer: method('untrustPeer'),
    listBannedRanges: () => [{ cidr: '192.0.2.0/24' }],
    banRange: method('banRange'),
    unbanRange: method('unbanRange'),
    listBannedAgents: () => [{ agent: 'prysm' }],
    banAgent: method('banAgent'),
    unbanAgent: method('unbanAgent'),
    exportAccess: () => DOCUMENT,
    importAccess: method('importAccess'),
  }
  const clock = new FakeClock()
  // How reads wait for each other is the gate's test.
  const reads = shareReads({ control, operator, clock, gate: { pass: (call) => call() } })
  return { control, shared: reads.control, operator: reads.operator, sent, clock }
}

const BEFORE: readonly PeerView[] = []

test('reads that overlap share one call; soon after they get its answer, later a new one', async () => {
  const { shared, sent, clock } = manual()
  const reads = [shared.listPeers(), shared.listPeers(), shared.listPeers()]
  assert.equal(sent.length, 1)
  sent[0]?.resolve(BEFORE)
  for (const read of reads) assert.equal(await read, BEFORE)
  assert.equal(await shared.listPeers(), BEFORE)
  assert.equal(sent.length, 1)
  clock.advance(100)
  void shared.listPeers()
  assert.equal(sent.length, 2)
})

test('different reads do not share, nor do reads of different peers', () => {
  const { shared, operator, sent } = manual()
  for (let round = 0; round < 2; round++) {
    void shared.getHealth()
    void shared.getNodeInfo()
    void shared.listPeers()
    void shared.listMesh()
    void shared.listExplicitPeers()
    void shared.listTrustedPeers()
    void operator.listBannedPeers()
    void shared.getConfig()
    void shared.getPeer('a')
    void shared.getPeer('b')
    void shared.listNodePeers()
    void shared.getNodePeer('a')
    void shared.getNodePeer('b')
    void shared.getSyncing()
    void shared.listPeerScoreStats()
    void shared.listGossipScoreStats()
    void shared.listFirstBlockSenders()
    void shared.listArrivals()
    void shared.getDiscoveryStats()
    void shared.listDiscoveredPeers()
  }
  assert.deepEqual(
    sent.map(({ method, argument }) => `${method} ${argument ?? ''}`.trim()),
    [
      'getHealth',
      'getNodeInfo',
      'listPeers',
      'listMesh',
      'listExplicitPeers',
      'listTrustedPeers',
      'listBannedPeers',
      'getConfig',
      'getPeer a',
      'getPeer b',
      'listNodePeers',
      'getNodePeer a',
      'getNodePeer b',
      'getSyncing',
      'listPeerScoreStats',
      'listGossipScoreStats',
      'listFirstBlockSenders',
      'listArrivals',
      'getDiscoveryStats',
      'listDiscoveredPeers',
    ],
  )
})

test('a failure reaches every sharer and is not kept', async () => {
  const { shared, sent } = manual()
  const reads = [shared.getConfig(), shared.getConfig()]
  sent[0]?.reject(new RelayError('RPC_TIMEOUT', 'late'))
  for (const read of reads) await assert.rejects(read, { code: 'RPC_TIMEOUT' })
  void shared.getConfig()
  assert.equal(sent.length, 2)
})

for (const end of ['resolve', 'reject'] as const) {
  test(`a read after a write's ${end} never joins a call sent before it, even as the old call still waits`, async () => {
    const { shared, sent } = manual()
    const early = shared.listPeers()
    const write = shared.disconnectPeer('a')
    const during = shared.listPeers()
    assert.equal(sent.length, 2)
    if (end === 'resolve') sent[1]?.resolve()
    else sent[1]?.reject(new RelayError('RPC_TIMEOUT', 'late'))
    await write.catch(() => undefined)
    const after = shared.listPeers()
    assert.equal(sent.length, 3)
    sent[0]?.resolve(BEFORE)
    assert.equal(await early, BEFORE)
    assert.equal(await during, BEFORE)
    // The old call's end must not make the new one forgotten.
    const joined = shared.listPeers()
    assert.equal(sent.length, 3)
    const now: readonly PeerView[] = []
    sent[2]?.resolve(now)
    assert.equal(await after, now)
    assert.equal(await joined, now)
  })
}

const WRITES: Readonly<Record<string, (shared: DirectControl, operator: Operator) => Promise<unknown>>> = {
  connectPeer: (shared) => shared.connectPeer({ enr: 'enr:-x' }),
  disconnectPeer: (shared) => shared.disconnectPeer('a'),
  graft: (shared) => shared.graft('t', 'a'),
  prune: (shared) => shared.prune('t', 'a'),
  patchConfig: (_shared, operator) => operator.patchConfig({ network_load: 8 }),
  addExplicitPeer: (_shared, operator) => operator.addExplicitPeer('a'),
  removeExplicitPeer: (_shared, operator) => operator.removeExplicitPeer('a'),
  banPeer: (_shared, operator) => operator.banPeer('a'),
  unbanPeer: (_shared, operator) => operator.unbanPeer('a'),
  trustPeer: (_shared, operator) => operator.trustPeer({ enr: 'enr:-x' }),
  trustConnectedPeer: (_shared, operator) => operator.trustConnectedPeer('a'),
  untrustPeer: (_shared, operator) => operator.untrustPeer('a'),
  banRange: (_shared, operator) => operator.banRange('192.0.2.0/24'),
  unbanRange: (_shared, operator) => operator.unbanRange('192.0.2.0/24'),
  banAgent: (_shared, operator) => operator.banAgent('prysm'),
  unbanAgent: (_shared, operator) => operator.unbanAgent('prysm'),
  importAccess: (_shared, operator) => operator.importAccess(DOCUMENT),
}

for (const [name, write] of Object.entries(WRITES)) {
  test(`${name} parts every kind of read`, async () => {
    const { shared, operator, sent } = manual()
    const readAll = (): void => {
      void shared.listPeers()
      void shared.getPeer('a')
      void shared.listMesh()
      void shared.listExplicitPeers()
      void shared.listTrustedPeers()
      void operator.listBannedPeers()
      void shared.getConfig()
      void shared.listNodePeers()
      void shared.getNodePeer('a')
      void shared.getSyncing()
      void shared.listPeerScoreStats()
      void shared.listGossipScoreStats()
      void shared.listFirstBlockSenders()
      void shared.listArrivals()
      void shared.getDiscoveryStats()
      void shared.listDiscoveredPeers()
    }
    readAll()
    const written = write(shared, operator)
    readAll()
    assert.equal(sent.length, 17)
    assert.equal(sent[16]?.method, name)
    sent[16]?.resolve()
    await written
    readAll()
    assert.equal(sent.length, 33)
  })
}

test('a page of metrics is shared like any read, and parted by a write', async () => {
  const { control, operator } = manual()
  let pages = 0
  const readMetrics = async (): Promise<string> => `page ${++pages}`
  const reads = shareReads({
    control,
    operator: { ...operator, banPeer: async () => undefined },
    readMetrics,
    clock: new FakeClock(),
  })
  assert.deepEqual(await Promise.all([reads.readMetrics?.(), reads.readMetrics?.()]), ['page 1', 'page 1'])
  assert.equal(await reads.readMetrics?.(), 'page 1')
  await reads.operator.banPeer('a')
  assert.equal(await reads.readMetrics?.(), 'page 2')
})

test('a target is looked up by a call of its own: it is no read that repeats', () => {
  const { shared, sent } = manual()
  for (let round = 0; round < 2; round++) void shared.resolvePeer({ enr: 'enr:-x' })
  assert.deepEqual(
    sent.map(({ argument }) => argument),
    [{ enr: 'enr:-x' }, { enr: 'enr:-x' }],
  )
})

test('lists that are answered at once pass through', () => {
  const { operator, sent } = manual()
  assert.deepEqual(operator.listBannedRanges(), [{ cidr: '192.0.2.0/24' }])
  assert.deepEqual(operator.listBannedAgents(), [{ agent: 'prysm' }])
  assert.equal(operator.exportAccess(), DOCUMENT)
  assert.equal(sent.length, 0)
})
