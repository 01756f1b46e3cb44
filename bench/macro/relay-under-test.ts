/**
 * What the benches measure: the relay as its users run it, or, to compare with on the same machine at the same hour, a
 * go-libp2p peer doing the same job.
 */
import { GoPeer } from '../../test/support/go-peer.ts'
import { type TestNetwork, testNetwork } from '../../test/support/network-directory.ts'
import { StarlingProcess } from '../../test/support/starling-process.ts'
import { ATTESTATION_SUBNETS, GOSSIP, GOSSIP_NAMES } from './traffic.ts'

export const TRANSPORTS = ['tcp', 'quic'] as const
export const VALIDATIONS = ['none', 'blind'] as const
export const RELAYS = ['starling', 'go'] as const

export interface RelayOptions {
  readonly relay: (typeof RELAYS)[number]
  readonly transport: (typeof TRANSPORTS)[number]
  /** Only Starling validates. */
  readonly validation: (typeof VALIDATIONS)[number]
}

export interface RelayUnderTest extends AsyncDisposable {
  readonly pid: number
  /** Multiaddr with /p2p/. */
  readonly address: string
  /** Full topics of GOSSIP_NAMES, in no order. */
  readonly topics: readonly string[]
  readonly network: TestNetwork
}

/** A digest no network has; the Go relay takes any. */
const GO_DIGEST = '5ca1ab1e'
/** Wide, so that it never drops on this machine: the comparison is of cost, not of queue sizes. */
const GO_QUEUE_SIZE = 16_384

/** @throws Error when the relay does not start or lacks a topic */
export function startRelay(options: RelayOptions): Promise<RelayUnderTest> {
  return options.relay === 'go' ? startGo(options) : startStarling(options)
}

async function startGo({ transport }: RelayOptions): Promise<RelayUnderTest> {
  const peer = await GoPeer.start({ transports: [transport], gossip: { ...GOSSIP, queueSize: GO_QUEUE_SIZE } })
  const topics = GOSSIP_NAMES.map((name) => `/eth2/${GO_DIGEST}/${name}/ssz_snappy`)
  await peer.forward(...topics)
  const { pid } = peer
  return {
    ...{ pid, topics, address: peer.address(transport), network: testNetwork() },
    [Symbol.asyncDispose]: () => peer.stop(),
  }
}

async function startStarling({ transport, validation }: RelayOptions): Promise<RelayUnderTest> {
  const relay = await StarlingProcess.start({
    flags: [
      ...['--validation', validation, '--topics', 'beacon_block'],
      ...['--attestation-subnets', ATTESTATION_SUBNETS.join(',')],
      // Under load on a shared machine a ping may take long; evicting a subscriber for it would show as loss.
      ...['--max-latency-ms', '60000', transport === 'tcp' ? '--no-quic' : '--no-tcp'],
    ],
  })
  try {
    const mesh = await relay.fetchJson<readonly { readonly topic: string }[]>('/mesh')
    const topics = mesh.map(({ topic }) => topic)
    const { pid, network } = relay
    const address = relay.address(transport)
    return { ...{ pid, topics, address, network }, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() }
  } catch (error) {
    await relay.stop()
    throw error
  }
}
