import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENR } from '@chainsafe/enr'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import { freshStatus, GossipPeer } from '../../support/gossip-peer.ts'
import { relayNetwork } from '../../support/relay-config.ts'
import { startRelay } from '../../support/two-nodes.ts'

const NETWORK = relayNetwork()

test('node info, record and metadata over the wire say the same of the subnets, and never more than is true', async () => {
  const startedAtMs = Date.now()
  await using relay = await startRelay({
    config: { network: NETWORK, topics: ['beacon_block', 'sync_committee'], attestationSubnets: [1, 9, 63] },
  })
  const { digestHex } = createForkSchedule(NETWORK).at(0)
  await using peer = await GossipPeer.start({ status: () => freshStatus(digestHex) })
  await peer.dial(relay.addresses[0] ?? '')

  const { metadata, enr, peer_id, p2p_addresses, discovery_addresses } = await relay.control.getNodeInfo()
  const { seq_number, ...fields } = metadata
  assert.ok(BigInt(seq_number) > BigInt(startedAtMs), 'above those of earlier runs')
  assert.deepEqual(fields, {
    attnets: '0x0202000000000080',
    syncnets: '0x0f',
    custody_group_count: '4',
  })
  const record = ENR.decodeTxt(enr)
  assert.equal(Buffer.from(record.kvs.get('attnets') ?? []).toString('hex'), '0202000000000080')
  assert.equal(Buffer.from(record.kvs.get('syncnets') ?? []).toString('hex'), '0f')
  assert.equal(record.peerId.toString(), peer_id)
  assert.equal(p2p_addresses[0], `/ip4/127.0.0.1/tcp/${record.tcp}/p2p/${peer_id}`)
  assert.deepEqual(discovery_addresses, [])

  const told = await peer.reqResp.metadata(relay.peerId)
  assert.equal(told.seqNumber, BigInt(seq_number))
  assert.deepEqual([...told.attnets], [2, 2, 0, 0, 0, 0, 0, 0x80])
  assert.deepEqual([...(told.syncnets ?? [])], [0x0f])
  assert.equal(told.custodyGroupCount, 4)
  assert.equal((await peer.reqResp.ping(relay.peerId)).seqNumber, BigInt(seq_number))

  const topics = (await relay.control.listMesh()).map(({ kind }) => kind)
  assert.deepEqual(topics.toSorted(), [
    ...Array(3).fill('Attestation'),
    'BeaconBlock',
    ...Array(4).fill('SyncCommitteeMessage'),
  ])
})

test("the operator's address and ports stand in the record, not those of the machine", async () => {
  await using relay = await startRelay({
    config: { network: NETWORK, enrIps: ['203.0.113.5'], enrTcp: 30_303, enrUdp: 30_304 },
  })
  const { enr, p2p_addresses, peer_id } = await relay.control.getNodeInfo()
  const record = ENR.decodeTxt(enr)
  assert.deepEqual([record.ip, record.tcp, record.udp, record.quic], ['203.0.113.5', 30_303, undefined, undefined])
  assert.equal(p2p_addresses[0], `/ip4/203.0.113.5/tcp/30303/p2p/${peer_id}`)
})
