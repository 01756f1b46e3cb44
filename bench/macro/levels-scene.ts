/** What `levels` and `switch` share: the relay, a swarm of Go peers around it, and its network load. */
import { setTimeout as delay } from 'node:timers/promises'
import { GoSwarm } from '../../test/support/go-swarm.ts'
import type { LoadLevel } from '../../test/support/load-levels.ts'
import { testNetwork } from '../../test/support/network-directory.ts'
import { StarlingProcess } from '../../test/support/starling-process.ts'
import { ATTESTATION_SUBNETS, attestations, fullTopic } from './traffic.ts'

/** The subnet of the heartbeat meter, which no peer of the swarm is in. */
const QUIET_SUBNET = 63
/** Short slots, since the relay tells of its state once a slot. */
export const SLOT_SECONDS = 2
const POLL_MS = 50

export interface SceneOptions {
  readonly peers: number
  /** How many others each peer dials; 0 is a star. */
  readonly degree: number
  readonly gossip?: { readonly d: number; readonly dLow: number; readonly dHigh: number }
}

export interface LevelsScene extends AsyncDisposable {
  readonly relay: StarlingProcess
  readonly swarm: GoSwarm
  /** The topics that the swarm is in. */
  readonly topics: readonly string[]
  readonly quietTopic: string
  readonly view: { readonly status: { readonly forkDigest: string }; readonly metadata: object }
}

interface MeshView {
  readonly topic: string
  readonly peers: readonly unknown[]
}

/** Starts the relay and the peers. @throws Error when either does not start */
export async function startLevelsScene({ peers, degree, gossip }: SceneOptions): Promise<LevelsScene> {
  const relay = await StarlingProcess.start({
    network: testNetwork({ slotSeconds: SLOT_SECONDS }),
    flags: [
      ...['--validation', 'none', '--topics', 'none', '--no-quic', '--target-peers', String(peers + 16)],
      ...['--attestation-subnets', [...ATTESTATION_SUBNETS, QUIET_SUBNET].join(',')],
      // Under load on a shared machine a ping may take long; evicting a peer for it would show as loss.
      ...['--max-latency-ms', '60000'],
    ],
  })
  try {
    const known = (await relay.fetchJson<readonly MeshView[]>('/mesh')).map(({ topic }) => topic)
    const quietTopic = fullTopic(known, `beacon_attestation_${QUIET_SUBNET}`)
    const topics = known.filter((topic) => topic !== quietTopic)
    const forkDigest = quietTopic.split('/')[2] ?? ''
    const view = { status: { forkDigest }, metadata: { seqNumber: 1, custodyGroupCount: 4 } }
    const options = { peers, degree, topics, view, relay: relay.address('tcp'), ...(gossip && { gossip }) }
    const swarm = await GoSwarm.start(options)
    return {
      ...{ relay, swarm, topics, quietTopic, view },
      [Symbol.asyncDispose]: async () => {
        await swarm.stop()
        await relay.stop()
      },
    }
  } catch (error) {
    await relay.stop()
    throw error
  }
}

/** The traffic of both benches, dated by the scene's slots. */
export function swarmTraffic({ topics }: LevelsScene, ratePerSecond: number): ReturnType<typeof attestations> {
  return attestations(topics, ratePerSecond)
}

/** @throws Error with the relay's answer when it is not 200 */
export async function setLoad(relay: StarlingProcess, level: number): Promise<void> {
  const { status, body } = await relay.request('PATCH', '/config', { network_load: level })
  if (status !== 200) throw new Error(`PATCH /config: ${status} ${JSON.stringify(body)}`)
}

/** Sizes of the relay's meshes, in the order of `topics`. */
export async function meshSizes({ relay, topics }: LevelsScene): Promise<readonly number[]> {
  const views = await relay.fetchJson<readonly MeshView[]>('/mesh')
  return topics.map((topic) => views.find((view) => view.topic === topic)?.peers.length ?? 0)
}

/** Whether every mesh is as large as the level asks, as far as there are peers, and none larger than it allows. */
export function isWithin(sizes: readonly number[], { meshLow, meshHigh }: LoadLevel, peers: number): boolean {
  return sizes.every((size) => size >= Math.min(meshLow, peers) && size <= meshHigh)
}

/** Ms from now until all meshes are within the level's bounds; undefined when `timeoutMs` pass before. */
export async function timeToReach(
  scene: LevelsScene,
  level: LoadLevel,
  timeoutMs: number,
): Promise<number | undefined> {
  const startedMs = performance.now()
  const peers = scene.swarm.peerIds.length
  while (performance.now() - startedMs < timeoutMs) {
    if (isWithin(await meshSizes(scene), level, peers)) return performance.now() - startedMs
    await delay(POLL_MS)
  }
  return undefined
}
