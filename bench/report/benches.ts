/** The benches of runs as the page tells of them: what they do, and what only they show. Prose is true of any figures. */
import type { BenchRun } from '../run-record.ts'
import { SUSTAINED_FIGURE } from './bar-readings.ts'
import { moreFigure } from './figures.ts'
import { floorPart } from './floor-part.ts'
import { geoPart } from './geo-part.ts'
import { apiPart, chainPart, fanPart, growthPart, saturatePart, soakPart } from './own-parts.ts'
import type { Compared } from './ratio-table.ts'
import type { Results } from './results.ts'
import type { Section } from './section.ts'
import { validationPart } from './validation-part.ts'

export interface BenchText {
  readonly title: string
  readonly lines: readonly string[]
  /** What only this bench shows; the name of the results tells several files of a bench apart, and others may be beside it. */
  readonly own: (runs: readonly BenchRun[], name: string, results: Results) => Section
  /** What it compares beyond what all do. */
  readonly more?: readonly Compared[]
}

const CHAIN: BenchText = {
  title: 'chain: what a message costs',
  lines: [
    'One publisher, the relay, eight subscribers that know only the relay. Messages of one size come at a steady rate. CPU',
    'is of the whole relay process and falls as the rate rises, because more messages then share a frame and a system',
    'call: compare equal rates only. In a part with `generatorCpu` publisher and subscribers keep to that one processor, and the relay has',
    'the others to itself: the way a relay meets peers on other machines.',
  ],
  own: chainPart,
}

const FLOOR: BenchText = {
  title: 'floor: what a delivered message costs at least',
  lines: [
    'The messages of `chain` through no relay: a process that only sends them to eight, or only receives them, measured each',
    'on its own. Over TCP that is a bare socket, the cipher of noise with a key for each connection, and one write a message',
    'and receiver; over QUIC it is the native part alone, with one stream a receiver. A delivery is one sending and an eighth',
    'of a receiving. Short messages that leave together, which a relay may do and this does not, can be cheaper.',
  ],
  own: floorPart,
}

const FAN: BenchText = {
  title: 'fan: fifty peers, most copies unneeded',
  lines: [
    'Fifty peers, each message sent to the relay by five of them, so that four of five arrivals are duplicates. The mix has',
    'the topics, sizes and times of a slot: a block, columns, a burst of attestations, aggregates. Short messages become more from',
    'case to case until a relay is past its knee: until it loses 0.1 % of the deliveries, or the p99 of block-like messages is',
    'four times what it is at the lowest rate. In a `burst` blocks and columns come in the middle of attestations.',
    'With a warm-up of seconds a relay is one that has just started; with a minute of it all have met 60 blocks, as many as come in twelve',
    'minutes, and the compiler of a runtime that has one is mostly done.',
    'What is sent and when, with its sources: [eth2-mix.ts](../bench/macro/eth2-mix.ts).',
  ],
  own: fanPart,
}

const GEO: BenchText = {
  title: 'geo: a network over the world',
  lines: [
    'A network of 10,000 nodes in eleven regions, each with a mesh of 8 to 12 others at random; the ways between them take what they',
    'take between data centres of one cloud ([geo-regions.ts](../bench/macro/geo-regions.ts)), bandwidth is unbounded. When a block',
    'reaches which node is worked out, with 2 ms for each node that passes it on. A hundred of these nodes, chosen at random, are real',
    "peers for the relay, which keeps those within its RTT limit; load 4, whose mesh is about as large as the default node's, has no",
    'limit. In its place stand five default nodes as well, go-libp2p-pubsub, D 8, no scores, with peers of their own. A block of 120 kB comes',
    "each second from a region in turn, from a node that is nobody's peer. The middle one of the default nodes counts, when it has all of it; the",
    "relay's counts when a node behind it has all of it, so that its forwarding is part of it. Below 0 the relay was later. Intervals",
    'are over rounds, each of another network, and over blocks. A delivery is a block here. _Due earlier_ is what is left of the',
    'figure if nothing but the network took time, so that it tells of whom the relay has in its mesh; _took_ is what each side took',
    "from there on, the relay's with the node behind it.",
  ],
  own: geoPart,
}

const FAR: BenchText = {
  title: 'far: peers that are a round trip away',
  lines: [
    'The publisher and the subscribers of `chain` beyond a link of 10 or 100 ms there and back, which the processes at its ends do not know',
    'from a network: packets of 1,500 bytes, the windows, acknowledgements and congestion control of the system, or of QUIC. It loses',
    'nothing and carries anything. 100 votes a second, or none, and a block of 120 kB, half as much on the wire, every two seconds; first,',
    'one a second. A block crosses the link twice, so nothing is below the round trip. The name of a case',
    "has the congestion control of the system's TCP; QUIC has its own, and Starling takes reno where it is BBR. Newcomers are eight more publishers, each of whom has its first",
    'block after half a minute in the mesh, and serves blocks by range to who asks. What follows from it: ADR',
    '[42](adr/0042-what-the-way-adds.md), [43](adr/0043-windows-that-stay-open.md), [45](adr/0045-windows-grown-before-the-block.md) and',
    '[46](adr/0046-our-own-congestion-control.md).',
  ],
  own: chainPart,
}

const NARROW: BenchText = {
  title: 'narrow: an uplink that is full',
  lines: [
    'The burst of `fan`, x2, to fifty peers beyond a link of 10 ms there and back, and the relay sends through a line of 200 Mbit with 50 ms of room',
    'before it: a burst takes it for half a second, a block with its eight copies for 70 ms. It is a fifth of a common line, for a',
    'fifth of the peers in a mesh of network load 20. Starling is told of 180 Mbit (`--uplink-mbits`), or of nothing; the others have no such',
    'setting. ADR [44](adr/0044-who-goes-first-on-a-full-line.md).',
  ],
  own: fanPart,
}

const GROWTH: BenchText = {
  title: 'growth: what another peer costs',
  lines: [
    'The same traffic and the same degree among more and more peers. With a cost ~ peers^e fitted in each round, e = 0 is no',
    'growth and e = 1 is linear.',
  ],
  own: growthPart,
}

const SATURATE: BenchText = {
  title: 'saturate: how much a relay takes',
  lines: [
    'The highest rate of 240 B messages to eight peers of which a relay still delivers 99.9 % with a p99 below 250 ms, found',
    'by rising steps and then by halving; and what each costs at a rate of 5,000/s. The load generator runs on the same',
    'cores, so that all such rates are lower bounds.',
  ],
  own: saturatePart,
  more: [{ name: 'sustained rate, above 1 is better', figure: moreFigure(SUSTAINED_FIGURE), wanted: 'higher' }],
}

const API: BenchText = {
  title: 'api: forwarding while dashboards poll',
  lines: [
    'Steady traffic through the relay while its HTTP API is left alone, polled by dashboards, and polled hard. HTTP is',
    'served on a thread of its own; this shows what of the polling forwarding notices. Ratios are to the same round with',
    'the API quiet. The pollers run on the same cores too, at a lower priority.',
  ],
  own: apiPart,
}

const SOAK: BenchText = {
  title: 'soak: memory over time',
  lines: [
    'Steady traffic for long, or the mix of `fan` among fifty peers. Ids of seen messages are kept for two epochs, 768 s, so',
    'that memory can only be level after that; the slope is of the line fitted to what comes after.',
  ],
  own: soakPart,
}

const VALIDATION: BenchText = {
  title: 'validation: what looking at a message costs',
  lines: [
    'The same messages through a relay that validates nothing, one that holds each against what it says itself (`blind`,',
    'tier 0), and one with the policies that it has by default; from two peers to eight others. What is added is',
    'the CPU of the network thread a message, beside the run of the same round without. In the last case more changes of',
    'withdrawal credentials come than the thread for signatures can verify, beside attestations.',
  ],
  own: validationPart,
}

/** In the order of the page. */
export const BENCHES: ReadonlyMap<string, BenchText> = new Map([
  ['chain', CHAIN],
  ['floor', FLOOR],
  ['fan', FAN],
  ['geo', GEO],
  ['far', FAR],
  ['narrow', NARROW],
  ['saturate', SATURATE],
  ['growth', GROWTH],
  ['api', API],
  ['soak', SOAK],
  ['validation', VALIDATION],
])
