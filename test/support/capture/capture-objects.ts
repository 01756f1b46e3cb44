/**
 * Joins a running network as one more peer, takes every topic of its fork until a slot is over, and keeps what shows each
 * kind of object:
 *
 *     node test/support/capture/capture-objects.ts --network-dir DIR --peer MULTIADDR --client NAME --out DIR
 *
 * With `--beacon-api URL` it hands the node there one operation of each kind at `--operations-at-slot`, which are gossiped
 * when they are valid. The network must stay in one fork. Start it before genesis, so that no slot is missed.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { uncompressSync } from 'snappy'
import { createForkSchedule, type DigestEntry } from '../../../src/consensus/fork-schedule.ts'
import type { NetworkConfig } from '../../../src/consensus/network-config.ts'
import { readNetworkDir } from '../../../src/consensus/network-dir.ts'
import { createSlotClock, type SlotClock } from '../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../src/consensus/topic.ts'
import { type GossipKind, gossipNamesOfFork } from '../../../src/consensus/topic-table.ts'
import { systemClock } from '../../../src/shared/clock.ts'
import { freshStatus, GossipPeer } from '../gossip-peer.ts'
import { type Captured, chooseObjects } from './choose-objects.ts'
import { makeOperations } from './made-operations.ts'
import { slotOfObject } from './slot-readers.ts'
import { writeFixtures } from './write-fixtures.ts'

/** Ten slots of 64 validators, or so; then all but what would be kept, and the last slots, is let go. */
const MAX_CAPTURED = 4_000
/** Slots that may still gain messages. */
const OPEN_SLOTS = 2
const DIAL_PERIOD_MS = 1_000
const POLL_MS = 100

const { values } = parseArgs({
  options: {
    'network-dir': { type: 'string' },
    peer: { type: 'string' },
    client: { type: 'string' },
    out: { type: 'string' },
    'until-slot': { type: 'string', default: '12' },
    'beacon-api': { type: 'string' },
    'operations-at-slot': { type: 'string', default: '4' },
  },
})

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function required(name: 'network-dir' | 'peer' | 'client' | 'out'): string {
  const value = values[name]
  if (value === undefined) throw new Error(`--${name} is needed`)
  return value
}

/** Keeps of the gossip that a peer receives from now on what may be chosen in the end. */
class Recorder {
  /** How many came, by kind. */
  readonly counts = new Map<GossipKind, number>()
  #captured: Captured[] = []

  constructor(peer: GossipPeer, { fork }: DigestEntry) {
    peer.node.services.gossip.addEventListener('gossipsub:message', ({ detail: { msg } }) => {
      const receivedAtMs = Date.now()
      const parsed = parseTopic(msg.topic)
      if (parsed === undefined) return
      const { kind } = parsed.spec
      const slot = slotOfObject(kind, fork, uncompressSync(Buffer.from(msg.data)) as Buffer)
      const compressed = new Uint8Array(msg.data)
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
      this.#captured.push({ topic: msg.topic, kind, subnet: parsed.index, slot, receivedAtMs, compressed })
      if (this.#captured.length > MAX_CAPTURED) this.#letGo()
    })
  }

  chosen(): readonly Captured[] {
    return chooseObjects(this.#captured)
  }

  /** What is chosen now is chosen again, or something better. */
  #letGo(): void {
    const newestSlot = Math.max(...this.#captured.map(({ slot = 0 }) => slot))
    const [open, closed] = [true, false].map((isOpen) =>
      this.#captured.filter(({ slot = 0 }) => slot > newestSlot - OPEN_SLOTS === isOpen),
    )
    this.#captured = [...chooseObjects(closed ?? []), ...(open ?? [])]
  }
}

/** Dials until the node is there, and says Status at once, without which it sends us away. */
async function join(peer: GossipPeer, address: string): Promise<void> {
  for (;;) {
    try {
      await peer.dial(address)
      break
    } catch {
      await delay(DIAL_PERIOD_MS)
    }
  }
  const status = await peer.reqResp.status(address.slice(address.lastIndexOf('/') + 1))
  say(`joined: ${JSON.stringify(status)}`)
}

async function untilSlot(slotClock: SlotClock, slot: number): Promise<void> {
  while (slotClock.currentSlot() < slot) await delay(POLL_MS)
}

async function postOperations(api: string, network: NetworkConfig, { fork }: DigestEntry): Promise<void> {
  for (const { path, body } of makeOperations(network, fork)) {
    const answer = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'eth-consensus-version': fork },
      body: JSON.stringify(body),
    })
    say(`${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`)
  }
}

const directory = required('network-dir')
const address = required('peer')
const client = required('client')
const out = required('out')
const network = readNetworkDir(directory)
const entry = createForkSchedule(network).at(0)
const slotClock = createSlotClock(network, systemClock)
await using peer = await GossipPeer.start({ status: () => freshStatus(entry.digestHex), custodyGroupCount: 128 })
const recorder = new Recorder(peer, entry)
for (const name of gossipNamesOfFork(entry.fork)) peer.subscribe(formatTopic(entry.digestHex, name))
await join(peer, address)
const api = values['beacon-api']
if (api !== undefined) {
  await untilSlot(slotClock, Number(values['operations-at-slot']))
  await postOperations(api, network, entry)
}
await untilSlot(slotClock, Number(values['until-slot']) + 1)
const objects = recorder.chosen()
for (const [kind, count] of recorder.counts) {
  say(`${kind}: ${count} received, ${objects.filter((object) => object.kind === kind).length} kept`)
}
await writeFixtures(out, { directory, network, fork: entry.fork, client }, objects)
say(`${objects.length} objects in ${out}; goodbyes: ${peer.goodbyes.join(' ') || 'none'}`)
