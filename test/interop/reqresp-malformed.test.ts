import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GoPeer, RawReply } from '../support/go-peer.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { skip, startGoPeer, TRANSPORTS } from './setup.ts'

const PING = '/eth2/beacon_chain/req/ping/1/ssz_snappy'
const STATUS = '/eth2/beacon_chain/req/status/2/ssz_snappy'
const BLOCKS_BY_ROOT = '/eth2/beacon_chain/req/beacon_blocks_by_root/2/ssz_snappy'
const BLOCKS_BY_RANGE = '/eth2/beacon_chain/req/beacon_blocks_by_range/2/ssz_snappy'
const INVALID_REQUEST = '01'
/** The snappy frame format's stream identifier. */
const STREAM_ID = 'ff060000734e61507059'
/** An uncompressed chunk that claims 8 bytes with a checksum of zero. */
const BAD_CHECKSUM = '010c0000000000000102030405060708'

const MALFORMED: readonly { readonly name: string; readonly protocol: string; readonly hex: string }[] = [
  { name: 'a length that is not the type’s', protocol: PING, hex: `09${STREAM_ID}` },
  { name: 'a length of 4 GiB', protocol: PING, hex: 'ffffffff0f' },
  { name: 'a length prefix that never ends', protocol: PING, hex: 'ff'.repeat(16) },
  { name: 'frames with a wrong checksum', protocol: PING, hex: `08${STREAM_ID}${BAD_CHECKSUM}` },
  { name: 'noise instead of frames', protocol: PING, hex: '08deadbeefdeadbeefdeadbeef' },
  { name: 'a request cut short', protocol: STATUS, hex: `5c${STREAM_ID}` },
  { name: 'nothing at all', protocol: STATUS, hex: '' },
  { name: 'a root and a byte', protocol: BLOCKS_BY_ROOT, hex: `21${STREAM_ID}` },
  { name: 'a range cut short', protocol: BLOCKS_BY_RANGE, hex: `18${STREAM_ID}` },
]

/** Refused: an error chunk, or the stream ends without a word. Success would start with 00. */
function assertRefused({ reply, ended }: RawReply, name: string): void {
  assert.ok(reply === '' || reply.startsWith(INVALID_REQUEST), `${name}: ${reply}`)
  assert.ok(ended === 'eof' || ended === 'reset', `${name}: ${ended}`)
}

async function assertServed(peer: GoPeer, relay: StarlingProcess): Promise<void> {
  assert.equal((await peer.request(relay.peerId, 'ping/1')).code, 0)
  assert.ok(relay.isRunning)
}

for (const transport of TRANSPORTS) {
  test(`malformed requests over ${transport} are refused, and the relay lives on`, { skip }, async (t) => {
    await using relay = await StarlingProcess.start()
    for (const { name, protocol, hex } of MALFORMED) {
      await t.test(name, async () => {
        await using peer = await startGoPeer(relay, { transports: [transport] })
        await peer.dial(relay.address(transport))
        assertRefused(await peer.rawRequest(relay.peerId, protocol, Buffer.from(hex, 'hex')), name)
        await using other = await startGoPeer(relay, { transports: [transport] })
        await other.dial(relay.address(transport))
        await assertServed(other, relay)
      })
    }
  })
}

test('a protocol the relay does not serve is refused at negotiation, and so is what it would serve of what it keeps', {
  skip,
}, async () => {
  await using relay = await StarlingProcess.start({ flags: ['--recent-slots', '0'] })
  await using peer = await startGoPeer(relay)
  await peer.dial(relay.address('tcp'))
  const kept = ['beacon_blocks_by_range/2', 'data_column_sidecars_by_root/1']
  const unknown = [...kept, 'light_client_bootstrap/1', 'no_such_thing/1']
  for (const name of unknown) {
    const { ended } = await peer.rawRequest(relay.peerId, `/eth2/beacon_chain/req/${name}/ssz_snappy`, Buffer.of(0))
    assert.match(ended, /^open: .*protocols not supported/)
  }
  await assertServed(peer, relay)
})

test('a peer that opens a request and stalls is cut off', { skip }, async () => {
  await using relay = await StarlingProcess.start()
  await using peer = await startGoPeer(relay)
  await peer.dial(relay.address('tcp'))
  const stalled = peer.rawRequest(relay.peerId, STATUS, Buffer.from('5c', 'hex'), false)
  await assertServed(peer, relay)
  assertRefused(await stalled, 'stalled')
})
