/** `npm run bench -- <name> [flags]`: the measurements, none of which is a test. */
import { runChain } from './macro/chain.ts'
import { runIdle } from './macro/idle.ts'
import { runLevels } from './macro/levels.ts'
import { runSwitch } from './macro/levels-switch.ts'
import { runSoak } from './macro/soak.ts'
import { runMicro } from './micro/run.ts'

const BENCHES: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  chain: runChain,
  soak: runSoak,
  idle: runIdle,
  levels: runLevels,
  switch: runSwitch,
  micro: runMicro,
}

const USAGE = `npm run bench -- <name> [flags]

  chain [--transport tcp|quic] [--seconds 20] [--warmup 5] [--validation none|blind] [--relay starling|go] [--only NAME]
        one publisher, the relay, 8 subscribers: CPU a message, latency, loss (needs Go)
  soak  [--minutes 10] [--transport tcp|quic] [--relay starling|go]
        500 messages a second for long: loss and the slope of memory (needs Go)
  idle  [--runs 5]
        time from start to listening, memory with nothing to do
  levels [--peers 64] [--levels 1,5,20] [--seconds 8] [--rate 100]
        each network load in turn: mesh size, heartbeat on the wire, cost, latency; a table and a plot (needs Go)
  switch [--peers 16] [--rate 500] [--seconds 15] [--star]
        load 5, 1, 20, 5 under traffic: loss at every peer (needs Go)
  micro message ids, snappy, fast ids
`

const [name = '', ...args] = process.argv.slice(2)
const run = BENCHES[name]
if (run === undefined) {
  process.stderr.write(USAGE)
  process.exitCode = 1
} else {
  try {
    await run(args)
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
