import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { BENCH_NETWORK_LOAD, gossipArguments } from '../../../bench/peers/gossip-arguments.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { loadOptions } from '../../../src/network-worker/gossip/mesh/load-switch.ts'
import { meshParameters } from '../../../src/network-worker/gossip/mesh/network-load.ts'
import { MAX_RPC_BYTES } from '../../../src/network-worker/gossip/router/create-router.ts'

const TOPICS = ['/eth2/5ca1ab1e/beacon_block/ssz_snappy', '/eth2/5ca1ab1e/beacon_attestation_1/ssz_snappy']
const SLOT_SECONDS = 12

/** The arguments by name. */
function given(): ReadonlyMap<string, string> {
  const args = gossipArguments({ transport: 'quic', topics: TOPICS, slotSeconds: SLOT_SECONDS })
  const names = args.filter((_, index) => index % 2 === 0)
  return new Map(names.map((name, index) => [name, args[2 * index + 1] ?? '']))
}

test("the other relays run with the parameters of Starling's default load", () => {
  assert.equal(loadConfig({ argv: [], env: {}, isTty: false, cwd: tmpdir() }).networkLoad, BENCH_NETWORK_LOAD)
  const mesh = meshParameters(BENCH_NETWORK_LOAD)
  const own = loadOptions(mesh)
  const expected = {
    '--d': own.D,
    '--d-low': own.Dlo,
    '--d-high': own.Dhi,
    '--d-out': own.Dout,
    '--d-lazy': own.Dlazy,
    '--heartbeat-ms': own.heartbeatInterval,
    '--history-length': own.mcacheLength,
    '--history-gossip': mesh.historyGossip,
    '--max-rpc-bytes': MAX_RPC_BYTES,
    '--seen-ttl-ms': 2 * 32 * SLOT_SECONDS * 1000,
  }
  const found = given()
  for (const [name, value] of Object.entries(expected)) assert.equal(found.get(name), String(value), name)
})

test('transport and topics are those asked for', () => {
  assert.equal(given().get('--transport'), 'quic')
  assert.equal(given().get('--topics'), TOPICS.join(','))
})
