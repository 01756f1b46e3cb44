/**
 * Network load levels one after the other under steady traffic, among Go peers that know only the relay: how large the
 * meshes get and how soon, the heartbeat as it shows on the wire, what the level costs and how fast it forwards.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { GoHeartbeatMeter } from '../../test/support/go-heartbeat-meter.ts'
import { GoWirePeer } from '../../test/support/go-wire-peer.ts'
import { LOAD_LEVELS, type LoadLevel, loadLevel } from '../../test/support/load-levels.ts'
import { writeResults } from '../results-file.ts'
import { figure, formatTable } from '../table.ts'
import { atLeast } from './flags.ts'
import { countMeshLines, type MeshLineCount, sumPulses } from './levels-pulses.ts'
import { type LevelResult, levelTable } from './levels-result.ts'
import {
  isWithin,
  type LevelsScene,
  meshSizes,
  SLOT_SECONDS,
  setLoad,
  startLevelsScene,
  swarmTraffic,
  timeToReach,
} from './levels-scene.ts'
import { requireGo } from './load-generator.ts'
import { cpuTimeUs, memoryUsage } from './process-usage.ts'

/** A refused peer is told 60 s: the slowest a mesh can be to fill is a little more. */
const REACH_TIMEOUT_MS = 75_000
const SAMPLE_PERIOD_MS = 500
/** Long enough for an IHAVE and the answer at every level. */
const DRAIN_MS = 2_500
/** A pulse is logged so long after its slot at most, on a busy machine. */
const PULSE_DELAY_MS = 400
/** What the measured heartbeat may differ from the table. */
const HEARTBEAT_TOLERANCE = 0.1

interface LevelsOptions {
  readonly peers: number
  readonly seconds: number
  readonly rate: number
  readonly levels: readonly LoadLevel[]
  /** Nothing is written. */
  readonly isSmoke: boolean
}

/** Sizes of all meshes, sampled until `done`. */
async function sampleMeshes(scene: LevelsScene, done: Promise<unknown>): Promise<readonly (readonly number[])[]> {
  const samples: (readonly number[])[] = []
  let isDone = false
  const stop = (): void => {
    isDone = true
  }
  void done.then(stop, stop)
  while (!isDone) {
    samples.push(await meshSizes(scene))
    await delay(SAMPLE_PERIOD_MS)
  }
  return samples
}

/** Share of one core that the relay takes from now on for so many seconds, in percent. */
async function cpuPercentOver(pid: number, seconds: number): Promise<number> {
  const startedMs = performance.now()
  const beforeUs = cpuTimeUs(pid)
  await delay(seconds * 1000)
  return Math.round((cpuTimeUs(pid) - beforeUs) / (performance.now() - startedMs) / 10)
}

async function measure(
  scene: LevelsScene,
  meter: GoHeartbeatMeter,
  level: LoadLevel,
  { seconds, rate, peers }: LevelsOptions,
): Promise<LevelResult> {
  const { relay, swarm } = scene
  await setLoad(relay, level.level)
  const reachedMs = await timeToReach(scene, level, REACH_TIMEOUT_MS)
  await delay(2 * level.heartbeatMs)
  const fromMs = Date.now()
  const traffic = swarm.run([swarmTraffic(scene, rate)], seconds, relay.network, DRAIN_MS)
  const [run, samples, cpuPercent] = await Promise.all([
    traffic,
    sampleMeshes(scene, traffic),
    cpuPercentOver(relay.pid, seconds),
  ])
  const heartbeat = meter.between(fromMs, Date.now())
  const pulses = sumPulses(relay.log, SLOT_SECONDS, fromMs, fromMs + seconds * 1000 + PULSE_DELAY_MS)
  const sizes = samples.flat()
  const [stream] = run.streams
  if (stream === undefined) throw new Error('the swarm reported no stream')
  return {
    ...level,
    ...{ reachedMs, cpuPercent, heartbeat, pulses, stream },
    heartbeatWithin: Math.abs(heartbeat.medianMs / level.heartbeatMs - 1) <= HEARTBEAT_TOLERANCE,
    meshMin: Math.min(...sizes),
    meshMax: Math.max(...sizes),
    meshWithin: samples.every((sample) => isWithin(sample, level, peers)),
    rssMb: memoryUsage(relay.pid).rssMb,
  }
}

function parseOptions(args: string[]): LevelsOptions {
  const { values } = parseArgs({
    args,
    options: {
      peers: { type: 'string', default: '64' },
      seconds: { type: 'string', default: '8' },
      rate: { type: 'string', default: '100' },
      levels: { type: 'string', default: LOAD_LEVELS.map(({ level }) => level).join(',') },
      smoke: { type: 'boolean', default: false },
    },
  })
  return {
    peers: atLeast('peers', values.peers, 2),
    seconds: atLeast('seconds', values.seconds, 2 * SLOT_SECONDS),
    rate: atLeast('rate', values.rate, 1),
    levels: values.levels.split(',').map((text) => loadLevel(Number(text))),
    isSmoke: values.smoke,
  }
}

function printMeshLines(lines: readonly MeshLineCount[]): void {
  const rows = lines.map(({ line, count }) => [line, String(count)])
  process.stdout.write(`\n${formatTable(['log line', 'times'], rows)}`)
}

/** Runs the levels, prints a table and writes the results, which `report` draws. @throws Error without Go, or when a level is missed */
export async function runLevels(args: string[]): Promise<void> {
  const options = parseOptions(args)
  requireGo()
  process.stdout.write(`starting the relay and ${options.peers} peers ...\n`)
  await using scene = await startLevelsScene({ peers: options.peers, degree: 0 })
  const { relay, view, quietTopic } = scene
  await using observer = await GoWirePeer.start({ view, refusesGrafts: true })
  await observer.dial(relay.address('tcp'))
  using meter = await GoHeartbeatMeter.start(observer, relay.peerId, quietTopic)
  const results: LevelResult[] = []
  for (const level of options.levels) {
    const result = await measure(scene, meter, level, options)
    results.push(result)
    const { meshMin, meshMax, heartbeat } = result
    process.stdout.write(
      `level ${level.level}: mesh ${meshMin}–${meshMax}, heartbeat ${figure(heartbeat.medianMs)} ms of ${level.heartbeatMs}\n`,
    )
  }
  const meshLines = countMeshLines(relay.log)
  process.stdout.write(`\n${levelTable(results)}`)
  printMeshLines(meshLines)
  const { peers, seconds, rate } = options
  if (!options.isSmoke) writeResults('levels', { peers, seconds, rate, results, meshLines })
  const missed = results.filter(({ meshWithin, heartbeatWithin }) => !(meshWithin && heartbeatWithin))
  if (missed.length > 0) throw new Error(`outside their bounds: levels ${missed.map(({ level }) => level).join(', ')}`)
}
