/** `npm run bench -- <name> [flags]`: the measurements, none of which is a test. */

type Bench = (args: string[]) => Promise<void>

/** Each is loaded when it is asked for: none needs what another is built on. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  chain: async () => (await import('./macro/chain.ts')).runChain,
  floor: async () => (await import('./macro/floor.ts')).runFloor,
  fan: async () => (await import('./macro/fan.ts')).runFan,
  growth: async () => (await import('./macro/growth.ts')).runGrowth,
  geo: async () => (await import('./macro/geo.ts')).runGeo,
  far: async () => (await import('./macro/far.ts')).runFar,
  narrow: async () => (await import('./macro/narrow.ts')).runNarrow,
  saturate: async () => (await import('./macro/saturate.ts')).runSaturate,
  api: async () => (await import('./macro/api.ts')).runApi,
  soak: async () => (await import('./macro/soak.ts')).runSoak,
  validation: async () => (await import('./macro/validation.ts')).runValidation,
  levels: async () => (await import('./macro/levels.ts')).runLevels,
  switch: async () => (await import('./macro/levels-switch.ts')).runSwitch,
  idle: async () => (await import('./macro/idle.ts')).runIdle,
  report: async () => (await import('./report/run.ts')).runReport,
  verify: async () => (await import('./micro/verify.ts')).runVerify,
  micro: async () => (await import('./micro/run.ts')).runMicro,
}

const USAGE = `npm run bench -- <name> [flags]

Relays in turn (all need Go, the Rust relay needs cargo):
  chain [paired flags]
        one publisher, the relay, 8 subscribers: CPU a delivery, latency, loss, memory
  floor [paired flags, of starling only, no validation]
        sockets, ciphers and QUIC without a relay: what a delivery costs at least in this runtime
  fan [paired flags] [--multiples 1,2,4,8]
        50 peers, mainnet's messages in the rhythm of slots, 4 of 5 copies duplicates: cost, latency by class, the knee
  growth [paired flags]
        10, 16, 32, 64 peers at the same degree and rate: cost a delivery
  geo [paired flags, of starling on tcp only] [--places Frankfurt,Virginia,Singapore] [--nodes 100] [--loads 4,5,10,20] [--max-rtt 150]
        nodes in eleven regions, delays of a cloud between them: when blocks are held, beside a default node in the same place
  far [paired flags]
        chain's peers a round trip of 10 or 100 ms away, over the system's TCP with reno or BBR, and over QUIC (needs a namespace)
  narrow [paired flags]
        a burst of fan's to peers 10 ms away over an uplink of 200 Mbit, of which Starling is told or not (needs a namespace)
  saturate [paired flags]
        the highest rate of 240 B messages that a relay sustains for --seconds, and the figures at 5,000/s
  api [paired flags, of starling only]
        500 messages and 10 blocks a second with the API quiet, polled at 50/s, polled at 2,000/s: latency beside quiet

  validation [paired flags, of starling only] [--changes 2000]
        attestations, blocks, signed changes through a relay that validates and one that does not: what it adds to the network thread

  paired flags: [--relays starling,go,rust] [--transports tcp,quic] [--validation none,blind,default: one or more]
        [--rounds 5] [--seconds N] [--warmup N] [--only TEXT] [--results SUFFIX]

One relay:
  soak  [--minutes 10] [--transport tcp|quic] [--relay starling|go|rust] [--validation none|blind|default]
        [--mix [--peers 50] [--multiple 1]] [--results SUFFIX]
        500 messages a second for long, or the mix of fan: loss and the slope of memory (needs Go)
  levels [--peers 64] [--levels 1,5,20] [--seconds 8] [--rate 100]
        each network load in turn: mesh size, heartbeat on the wire, cost, latency; a table and a plot (needs Go)
  switch [--peers 16] [--rate 500] [--seconds 15] [--star]
        load 5, 1, 20, 5 under traffic: loss at every peer (needs Go)
  idle  [--runs 5]
        time from start to listening, memory with nothing to do
  verify
        blocks, columns and operations through the verifier: what each takes, and what it leaves of the event loop
  micro message ids, snappy, fast ids, what tier 0 takes of a message

Of all results:
  report
        docs/performance.md and its drawings, from the newest file of each bench in bench/results
`

const [name = '', ...args] = process.argv.slice(2)
const load = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
if (load === undefined) {
  process.stderr.write(USAGE)
  process.exitCode = 1
} else {
  try {
    const run = await load()
    await run(args)
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
