import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareReads } from '../../../src/api/shared-reads.ts'
import type { Client } from '../../../src/rpc/client-type.ts'
import type { Control, PeerView } from '../../../src/rpc/contract.ts'
import { RelayError } from '../../../src/shared/errors.ts'

interface Sent {
  readonly method: string
  readonly argument: unknown
  resolve(value?: unknown): void
  reject(error: RelayError): void
}

/** A client whose calls wait until the test settles them. */
function manualClient(): { readonly control: Client<Control>; readonly sent: Sent[] } {
  const sent: Sent[] = []
  const method =
    <T>(name: string) =>
    (argument?: unknown): Promise<T> => {
      const { promise, resolve, reject } = Promise.withResolvers<T>()
      sent.push({ method: name, argument, resolve: (value) => resolve(value as T), reject })
      return promise
    }
  const control: Client<Control> = {
    getHealth: method('getHealth'),
    getNodeInfo: method('getNodeInfo'),
    listPeers: method('listPeers'),
    getPeer: method('getPeer'),
    connectPeer: method('connectPeer'),
    disconnectPeer: method('disconnectPeer'),
    listMesh: method('listMesh'),
    getConfig: method('getConfig'),
  }
  return { control, sent }
}

const BEFORE: readonly PeerView[] = []

test('reads that overlap share one call; a read after its answer is a new one', async () => {
  const { control, sent } = manualClient()
  const shared = shareReads(control)
  const reads = [shared.listPeers(), shared.listPeers(), shared.listPeers()]
  assert.equal(sent.length, 1)
  sent[0]?.resolve(BEFORE)
  for (const read of reads) assert.equal(await read, BEFORE)
  void shared.listPeers()
  assert.equal(sent.length, 2)
})

test('different reads do not share, nor do reads of different peers', () => {
  const { control, sent } = manualClient()
  const shared = shareReads(control)
  for (let round = 0; round < 2; round++) {
    void shared.getHealth()
    void shared.getNodeInfo()
    void shared.listPeers()
    void shared.listMesh()
    void shared.getConfig()
    void shared.getPeer('a')
    void shared.getPeer('b')
  }
  assert.deepEqual(
    sent.map(({ method, argument }) => `${method} ${argument ?? ''}`.trim()),
    ['getHealth', 'getNodeInfo', 'listPeers', 'listMesh', 'getConfig', 'getPeer a', 'getPeer b'],
  )
})

test('a failure reaches every sharer and is not kept', async () => {
  const { control, sent } = manualClient()
  const shared = shareReads(control)
  const reads = [shared.getConfig(), shared.getConfig()]
  sent[0]?.reject(new RelayError('RPC_TIMEOUT', 'late'))
  for (const read of reads) await assert.rejects(read, { code: 'RPC_TIMEOUT' })
  void shared.getConfig()
  assert.equal(sent.length, 2)
})

for (const end of ['resolve', 'reject'] as const) {
  test(`a read after a write's ${end} never joins a call sent before it, even as the old call still waits`, async () => {
    const { control, sent } = manualClient()
    const shared = shareReads(control)
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

test('reads of single peers are shared up to a bound, and above it each is a call', () => {
  const { control, sent } = manualClient()
  const shared = shareReads(control)
  for (let peer = 0; peer < 64; peer++) void shared.getPeer(`p${peer}`)
  void shared.getPeer('over')
  void shared.getPeer('over')
  void shared.getPeer('p0')
  assert.equal(sent.length, 66)
})
