/**
 * Process entry of the swarm: `main.ts <dir>`, started by its parent with an IPC channel. Writes the network, waits for
 * the relay's address, publishes until told to stop. It never outlives its parent: the channel's end is its own.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createForkSchedule } from '../consensus/fork-schedule.ts'
import { createSlotClock } from '../consensus/slot-clock.ts'
import { systemClock } from '../shared/clock.ts'
import type { FromSwarm, ToSwarm } from '../shared/demo-messages.ts'
import { withDeadline } from '../shared/lifecycle.ts'
import { type BlobWithCells, computeBlobs } from './blobs.ts'
import { DemoChain } from './chain.ts'
import { createDemoNetwork, writeNetworkDir } from './demo-network.ts'
import { createKeyRing } from './keys.ts'
import { SlotTraffic } from './slot-traffic.ts'
import { Swarm } from './swarm.ts'

const STOP_DEADLINE_MS = 3000
const EXIT_GRACE_MS = 500
const EXIT_USAGE = 2

const ending = new AbortController()

function tell(message: FromSwarm): void {
  if (process.connected) process.send?.(message)
}

/** The next message of the parent that brings the relay's address; undefined when the swarm is told to stop first. */
function relayAddress(): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  process.on('message', (message: ToSwarm) => {
    if (message.type === 'relay') resolve(message.address)
    else ending.abort()
  })
  ending.signal.addEventListener('abort', () => resolve(undefined))
  return promise
}

async function run(dir: string): Promise<void> {
  const address = relayAddress()
  const keys = createKeyRing()
  const network = createDemoNetwork(keys, systemClock.nowMs())
  const networkDir = join(dir, 'network')
  writeNetworkDir(networkDir, network.config)
  tell({ type: 'network', networkDir })

  const chain = new DemoChain(network, keys)
  const { digestHex } = createForkSchedule(network.config).at(0)
  const swarm = await Swarm.start({ clock: systemClock, digestHex, head: () => chain.head })
  let blobs: readonly BlobWithCells[] | undefined
  const traffic = new SlotTraffic({
    clock: systemClock,
    slotClock: createSlotClock(network.config, systemClock),
    slotDurationMs: network.config.slotDurationMs,
    chain,
    keys,
    swarm,
    blobs: () => blobs,
    onReport: (report) => tell({ type: 'report', report }),
  })
  const compute = async (): Promise<void> => {
    blobs = await computeBlobs(ending.signal)
  }
  const publish = async (): Promise<void> => {
    const relay = await address
    if (relay !== undefined) swarm.join(relay)
    await traffic.run(ending.signal)
  }
  try {
    await Promise.all([compute(), publish()])
  } catch (cause) {
    if (!ending.signal.aborted) throw cause
  } finally {
    ending.abort()
    await withDeadline(swarm.stop(), STOP_DEADLINE_MS, 'stop of the swarm')
  }
}

async function main(): Promise<number> {
  const [dir] = process.argv.slice(2)
  if (dir === undefined || process.send === undefined) {
    process.stderr.write('the swarm of `starling demo` is started by it, not by hand\n')
    return EXIT_USAGE
  }
  process.on('disconnect', () => ending.abort())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ending.abort())
  try {
    await run(dir)
    return 0
  } catch (cause) {
    tell({ type: 'failed', message: cause instanceof Error ? cause.message : String(cause) })
    return 1
  } finally {
    // The parent removes its directory itself, unless it was killed.
    if (!process.connected) rmSync(dir, { recursive: true, force: true })
  }
}

process.exitCode = await main()
process.disconnect?.()
// Whatever still holds the process has had its time. `process.exit` would wait for the blob thread's native call.
systemClock.after(EXIT_GRACE_MS, () => process.kill(process.pid, 'SIGKILL'))
