/** Where peers reach us: what we listen on, and what we tell them instead. */
import { z } from 'zod'
import { setting } from './setting-meta.ts'
import { addressPerFamily, advertisedPort, bindPort, choice, switchText } from './value-types.ts'

/** Of what connections are made: layers of this project, or the libraries' (ADR 30). */
const LAYERS = ['own', 'stock'] as const
export type Layers = (typeof LAYERS)[number]

/** Two words of ours, or an algorithm's name: TCP_CA_NAME_MAX of Linux is 16 with a zero. */
const algorithmName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,14}$/, 'must be auto, host, or the name of an algorithm, such as cubic')

/** The settings of the group "Addresses"; part of the schema. */
export const addressSettings = {
  listenAddress: setting(addressPerFamily({ isEmptyFine: false }).default(['0.0.0.0']), {
    group: 'Addresses',
    kind: 'list',
    placeholder: 'IP',
    description:
      'Addresses to listen on for peers: one of IPv4, one of IPv6, or one of each. All ports are the same for both.',
  }),
  port: setting(bindPort().default(9000), {
    group: 'Addresses',
    placeholder: 'PORT',
    description: 'TCP port of libp2p and UDP port of discovery; 0 lets the system choose.',
  }),
  quicPort: setting(bindPort().default(9001), {
    group: 'Addresses',
    placeholder: 'PORT',
    description: 'UDP port of libp2p over QUIC; 0 lets the system choose.',
  }),
  tcp: setting(switchText.default(true), {
    group: 'Addresses',
    kind: 'switch',
    description: 'Listen and dial over TCP.',
  }),
  quic: setting(switchText.default(true), {
    group: 'Addresses',
    kind: 'switch',
    description: 'Listen and dial over QUIC.',
  }),
  layers: setting(choice(LAYERS).default('own'), {
    group: 'Addresses',
    placeholder: 'own|stock',
    description:
      "Whose noise, yamux, QUIC streams and gossip codec connections are made of: the relay's (own), or the libraries' (stock), which are slower. To find out whether a fault is in the relay's; see layers.md.",
  }),
  keepWindows: setting(switchText.default(true), {
    group: 'Addresses',
    kind: 'switch',
    description:
      'Ping peers on TCP that something long came from or went to in the last ten minutes after 140 ms of silence: else TCP, at either end, sends the next block in small parts, a round trip apart.',
  }),
  growWindows: setting(switchText.default(true), {
    group: 'Addresses',
    kind: 'switch',
    description:
      "Have a peer of the block's mesh from which nothing long came lately send eight recent blocks, late in a slot: its congestion window has room for the next one then, which else comes in small parts, a round trip apart. Half a MB of mainnet's, at most once in ten minutes.",
  }),
  congestionControl: setting(algorithmName.default('auto'), {
    group: 'Addresses',
    placeholder: 'auto|host|NAME',
    description:
      "What TCP controls the congestion of the relay's own connections by, such as cubic: auto leaves what the host has unless that is BBR, which sends a block after a silence over a third of a round trip, host leaves it always. Linux only.",
  }),
  enrIp: setting(addressPerFamily({ isEmptyFine: true }).default([]), {
    group: 'Addresses',
    kind: 'list',
    placeholder: 'IP',
    defaultText: 'voted by peers',
    description:
      'External addresses to advertise in the ENR, at most one of IPv4 and one of IPv6. Peers vote on the other family; a private address is advertised only if it is given here or listened on.',
  }),
  enrTcp: setting(advertisedPort().optional(), {
    group: 'Addresses',
    placeholder: 'PORT',
    defaultText: 'the port bound',
    description: 'External TCP port to advertise in the ENR, for both families.',
  }),
  enrUdp: setting(advertisedPort().optional(), {
    group: 'Addresses',
    placeholder: 'PORT',
    defaultText: 'voted by peers',
    description: 'External discovery port to advertise in the ENR, for both families.',
  }),
  enrQuic: setting(advertisedPort().optional(), {
    group: 'Addresses',
    placeholder: 'PORT',
    defaultText: 'the port bound',
    description: 'External QUIC port to advertise in the ENR, for both families.',
  }),
}
