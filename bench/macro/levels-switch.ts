/**
 * Load 5 → 1 → 20 → 5 under traffic. Among peers that are meshed with each other too nothing may be lost at any of
 * them, and each switch happens in the middle of the traffic. In a star (`--star`) a peer outside the relay's mesh has
 * only gossip to fill its gaps: what that loses is told for each level, once the level has settled.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { SwarmRunResult } from '../../test/support/go-swarm.ts'
import { type LoadLevel, loadLevel } from '../../test/support/load-levels.ts'
import { writeResults } from '../results-file.ts'
import { figure, formatTable } from '../table.ts'
import { atLeast } from './flags.ts'
import { lossPercent } from './levels-result.ts'
import { type LevelsScene, meshSizes, setLoad, startLevelsScene, swarmTraffic } from './levels-scene.ts'
import { requireGo } from './load-generator.ts'

const SEQUENCE = [5, 1, 20, 5].map(loadLevel)
/** How far into the traffic the switch comes. */
const SWITCH_AFTER_MS = 2_000
/** A peer that was refused is told 60 s: then the last of them may come back. */
const SETTLE_TIMEOUT_MS = 75_000
/** A smoke does not need meshes of full size. */
const SMOKE_SETTLE_TIMEOUT_MS = 5_000
const POLL_MS = 250
const DRAIN_MS = 4_000
/** Others that each peer of the meshed swarm dials; as many dial it. */
const DIALS = 6
/** Small meshes of the peers' own: every copy costs the machine that measures. */
const MESHED_GOSSIP = { d: 6, dLow: 5, dHigh: 8 }

interface SwitchOptions {
  readonly peers: number
  readonly rate: number
  readonly seconds: number
  readonly star: boolean
  /** Nothing is written. */
  readonly isSmoke: boolean
}

interface PhaseResult extends SwarmRunResult {
  readonly level: number
  readonly mesh: readonly number[]
  /** From the PATCH until the mesh held mesh_n peers, or all there are; undefined when not waited for, or never. */
  readonly settledMs: number | undefined
}

/** Waits until every mesh is as large as the level aims for and no larger than it allows. */
async function settle(
  scene: LevelsScene,
  { meshN, meshHigh }: LoadLevel,
  { isSmoke }: SwitchOptions,
): Promise<number | undefined> {
  const startedMs = performance.now()
  const timeoutMs = isSmoke ? SMOKE_SETTLE_TIMEOUT_MS : SETTLE_TIMEOUT_MS
  const aim = Math.min(meshN, scene.swarm.peerIds.length)
  while (performance.now() - startedMs < timeoutMs) {
    const sizes = await meshSizes(scene)
    if (sizes.every((size) => size >= aim && size <= meshHigh)) return performance.now() - startedMs
    await delay(POLL_MS)
  }
  return undefined
}

async function runPhase(scene: LevelsScene, level: LoadLevel, options: SwitchOptions): Promise<PhaseResult> {
  const { relay, swarm } = scene
  const { rate, seconds, star } = options
  const run = (): Promise<SwarmRunResult> => swarm.run([swarmTraffic(scene, rate)], seconds, relay.network, DRAIN_MS)
  if (star) {
    await setLoad(relay, level.level)
    const settledMs = await settle(scene, level, options)
    const result = await run()
    return { ...result, level: level.level, mesh: await meshSizes(scene), settledMs }
  }
  const traffic = run()
  await delay(SWITCH_AFTER_MS)
  await setLoad(relay, level.level)
  return { ...(await traffic), level: level.level, mesh: await meshSizes(scene), settledMs: undefined }
}

function printTable(results: readonly PhaseResult[]): void {
  const header = [
    'level',
    'mesh',
    'settled ms',
    'published',
    'loss %',
    'worst peer lacks',
    'p50 ms',
    'p99 ms',
    'lag ms',
  ]
  const rows = results.flatMap(({ level, mesh, settledMs, streams, missingByMember }) =>
    streams.map((stream) => [
      String(level),
      `${Math.min(...mesh)}–${Math.max(...mesh)}`,
      settledMs === undefined ? '' : figure(settledMs),
      String(stream.published),
      lossPercent(stream).toFixed(3),
      String(Math.max(...missingByMember)),
      ...[stream.p50Ms, stream.p99Ms, stream.maxLagMs].map(figure),
    ]),
  )
  process.stdout.write(`\n${formatTable(header, rows)}`)
}

function parseOptions(args: string[]): SwitchOptions {
  const { values } = parseArgs({
    args,
    options: {
      peers: { type: 'string', default: '16' },
      rate: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '15' },
      star: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
    },
  })
  return {
    peers: atLeast('peers', values.peers, DIALS + 1),
    rate: atLeast('rate', values.rate, 1),
    seconds: atLeast('seconds', values.seconds, 4),
    star: values.star,
    isSmoke: values.smoke,
  }
}

/** What a run must not have lost: anything among meshed peers, and in a star where the mesh holds every peer. */
function missed(results: readonly PhaseResult[], { star, peers }: SwitchOptions): readonly PhaseResult[] {
  return results.filter(
    ({ level, missingByMember }) =>
      (!star || loadLevel(level).meshN >= peers) && missingByMember.some((missing) => missing > 0),
  )
}

/** Runs the sequence, prints a table and writes the results. @throws Error without Go, or when messages were lost */
export async function runSwitch(args: string[]): Promise<void> {
  const options = parseOptions(args)
  requireGo()
  const { peers, star } = options
  process.stdout.write(`starting the relay and ${peers} ${star ? 'peers in a star' : 'meshed peers'} ...\n`)
  await using scene = await startLevelsScene(
    star ? { peers, degree: 0 } : { peers, degree: DIALS, gossip: MESHED_GOSSIP },
  )
  await settle(scene, loadLevel(5), options)
  const results: PhaseResult[] = []
  for (const level of SEQUENCE) {
    process.stdout.write(`load ${level.level} ...\n`)
    results.push(await runPhase(scene, level, options))
  }
  printTable(results)
  const fewest = await Promise.all(scene.topics.map((topic) => scene.swarm.mesh(topic, scene.relay.peerId)))
  const fewestLinks = Math.min(...fewest.map((mesh) => mesh.fewestLinks))
  process.stdout.write(`the peer with the fewest links has ${fewestLinks}\n`)
  const { isSmoke, ...asked } = options
  if (!isSmoke) writeResults(star ? 'switch-star' : 'switch', { ...asked, fewestLinks, results })
  const lost = missed(results, options)
  if (lost.length > 0) throw new Error(`messages were lost at levels ${lost.map(({ level }) => level).join(', ')}`)
}
