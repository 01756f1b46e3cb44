/** Inside a network namespace: a relay and two Go peers a far link from it, one of whom has to go. Prints what the relay knew and did. */
import { FAR_RANGE, FarLink } from '../../bench/macro/far-link.ts'
import type { PeerView } from '../../src/rpc/peer-views.ts'
import { goPeerBinary } from '../support/go-build.ts'
import { JsonLineProcess } from '../support/json-line-process.ts'
import { StarlingProcess } from '../support/starling-process.ts'
import { eventually, startGoPeer, TRANSPORTS } from './setup.ts'

export interface OneTooMany {
  /** By transport, measured by pings. */
  readonly rttMs: Readonly<Record<'tcp' | 'quic', number>>
  readonly stayed: readonly string[]
}

const [roundTripMs, furtherMs] = process.argv.slice(2).map(Number)

await using link = await FarLink.open({ roundTripMs: roundTripMs ?? 0, congestionControl: 'reno' })
await using relay = await StarlingProcess.start({ flags: ['--ip-limit-exempt', FAR_RANGE] })
await using overTcp = await startGoPeer(relay)
await using overQuic = await startGoPeer(relay)
const peers = { tcp: overTcp, quic: overQuic }
await overQuic.dial(link.farAddress(relay.address('quic')))
const door = new JsonLineProcess<never>(await goPeerBinary())
await using doors = new AsyncDisposableStack()
doors.defer(() => door.stop())
const toRelay = link.farAddress(relay.address('tcp'))
const [, , host = '', , relayPort = ''] = toRelay.split('/')
const doorway = { target: `${host}:${relayPort}`, oneWayMs: (furtherMs ?? 0) / 2, jitterMs: 0 }
const { port } = await door.call<{ port: number }>('delayDoor', doorway)
await overTcp.dial(toRelay.replace(`${host}/tcp/${relayPort}`, `127.0.0.1/tcp/${port}`))

const views = (): Promise<readonly PeerView[]> => relay.fetchJson('/peers')
await eventually('two measured peers', async () => (await views()).filter((peer) => peer.rtt_verified).length === 2)
const measured = await views()
const rttOf = (peerId: string): number => measured.find(({ peer_id }) => peer_id === peerId)?.best_rtt_ms ?? Number.NaN
await fetch(`${relay.api}/config`, {
  method: 'PATCH',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ target_peers: 1 }),
})
await eventually('one of them gone', async () => (await views()).length === 1)
const left = (await views()).map(({ peer_id }) => peer_id)
const outcome: OneTooMany = {
  rttMs: { tcp: rttOf(overTcp.peerId), quic: rttOf(overQuic.peerId) },
  stayed: TRANSPORTS.filter((transport) => left.includes(peers[transport].peerId)),
}
process.stdout.write(JSON.stringify(outcome))
