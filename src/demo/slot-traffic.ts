/**
 * What the swarm publishes, slot by slot: a block and its columns when the slot begins, votes at a third of it,
 * aggregates at two thirds (ATTESTATION_DUE_BPS and AGGREGATE_DUE_BPS, configs/mainnet.yaml before Gloas), in
 * proportions of mainnet on a small scale.
 */
import { setImmediate } from 'node:timers/promises'
import { type electra, ssz } from '@lodestar/types'
import type { SlotClock } from '../consensus/slot-clock.ts'
import type { Clock } from '../shared/clock.ts'
import type { SwarmReport } from '../shared/demo-messages.ts'
import { aggregateVotes, buildAggregates } from './aggregates.ts'
import { type CommitteeDuty, castVotes, planCommittee, type Vote } from './attestations.ts'
import type { BlobWithCells } from './blobs.ts'
import type { DemoChain } from './chain.ts'
import { buildColumnSidecars } from './columns.ts'
import type { KeyRing } from './keys.ts'
import type { Swarm } from './swarm.ts'
import { waitUntil } from './wait.ts'

/** Committees that vote in a slot, whatever the relay is subscribed to: signing for more costs a small machine too much. */
const MAX_SUBNETS = 2
/** Columns published of a block; a relay with custody of more than this sees these only. */
const MAX_COLUMNS = 16
/** After the slot's begin, for the block to travel before this process computes again. */
const BLOCK_HEADSTART_MS = 150
/** Before the slot's end, when its last message has long arrived; the relay's own pulse follows 0.1 s after it. */
const REPORT_LEAD_MS = 100
/** Each burst is spread over this part of a slot, as arrival times are on a real network. */
const BURST_PART_OF_SLOT = 0.15

interface Publication {
  readonly name: string
  readonly ssz: Uint8Array
}

export interface SlotTrafficDeps {
  readonly clock: Clock
  readonly slotClock: SlotClock
  readonly slotDurationMs: number
  readonly chain: DemoChain
  readonly keys: KeyRing
  readonly swarm: Swarm
  /** Undefined until they are computed. */
  readonly blobs: () => readonly BlobWithCells[] | undefined
  readonly onReport: (report: SwarmReport) => void
}

export class SlotTraffic {
  readonly #deps: SlotTrafficDeps
  /** What the next block includes: the whole votes of the slot before. */
  #pendingAttestations: readonly electra.Attestation[] = []

  constructor(deps: SlotTrafficDeps) {
    this.#deps = deps
  }

  /** Publishes in every slot, from the next one on, in which a peer is connected. Resolves when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { slotClock, swarm, clock } = this.#deps
    for (;;) {
      const slot = slotClock.currentSlot() + 1
      if (!(await waitUntil(clock, slotClock.slotStartMs(slot), signal))) return
      if (swarm.connectedPeers === 0) continue
      await this.#slot(slot, signal)
      if (!(await waitUntil(clock, slotClock.slotStartMs(slot + 1) - REPORT_LEAD_MS, signal))) return
      this.#report(slot)
    }
  }

  async #slot(slot: number, signal: AbortSignal): Promise<void> {
    await this.#propose(slot, signal)
    const duties = await this.#plan(slot)
    await this.#vote(slot, duties, signal)
  }

  async #propose(slot: number, signal: AbortSignal): Promise<void> {
    const { chain, slotClock, swarm } = this.#deps
    const columns = swarm.subnets('data_column_sidecar').slice(0, MAX_COLUMNS)
    const blobs = columns.length > 0 ? (this.#deps.blobs() ?? []) : []
    const block = chain.propose({
      slot,
      blobCommitments: blobs.map(({ commitment }) => commitment),
      attestations: this.#pendingAttestations,
    })
    const publications = (blobs.length > 0 ? buildColumnSidecars(block, blobs, columns) : []).map((sidecar) => ({
      name: `data_column_sidecar_${sidecar.index}`,
      ssz: ssz.fulu.DataColumnSidecar.serialize(sidecar),
    }))
    await swarm.publish('beacon_block', ssz.fulu.SignedBeaconBlock.serialize(block.signedBlock))
    await this.#burst(slotClock.slotStartMs(slot) + BLOCK_HEADSTART_MS, publications, signal)
  }

  async #plan(slot: number): Promise<readonly CommitteeDuty[]> {
    const { chain, keys, swarm } = this.#deps
    const duties: CommitteeDuty[] = []
    for (const subnet of swarm.subnets('beacon_attestation').slice(0, MAX_SUBNETS)) {
      duties.push(planCommittee(keys, chain.domains, slot, subnet))
      await setImmediate() // sockets have their turn between two pieces of signing
    }
    return duties
  }

  async #vote(slot: number, duties: readonly CommitteeDuty[], signal: AbortSignal): Promise<void> {
    const { chain, keys, slotClock, slotDurationMs } = this.#deps
    const data = chain.attestationData(slot)
    const ballots: { duty: CommitteeDuty; votes: readonly Vote[] }[] = []
    for (const duty of duties) {
      ballots.push({ duty, votes: castVotes(keys, chain.domains, duty, data) })
      await setImmediate() // sockets have their turn between two pieces of signing
    }
    const votes = ballots.flatMap(({ duty, votes }) => votes.map((vote) => votePublication(duty, vote)))
    await this.#burst(slotClock.slotStartMs(slot) + slotDurationMs / 3, votes, signal)

    this.#pendingAttestations = ballots.map(({ duty, votes }) => aggregateVotes(duty, data, votes))
    const aggregates = ballots.flatMap(({ duty, votes }) => buildAggregates(keys, chain.domains, duty, data, votes))
    const publications = aggregates.map((aggregate) => ({
      name: 'beacon_aggregate_and_proof',
      ssz: ssz.electra.SignedAggregateAndProof.serialize(aggregate),
    }))
    await this.#burst(slotClock.slotStartMs(slot) + (slotDurationMs * 2) / 3, publications, signal)
  }

  /** Waits for `startMs`, then publishes in even steps. */
  async #burst(startMs: number, publications: readonly Publication[], signal: AbortSignal): Promise<void> {
    const { clock, swarm, slotDurationMs } = this.#deps
    await waitUntil(clock, startMs, signal)
    const stepMs = (slotDurationMs * BURST_PART_OF_SLOT) / Math.max(1, publications.length)
    for (const [index, { name, ssz: bytes }] of publications.entries()) {
      if (!(await waitUntil(clock, startMs + index * stepMs, signal))) return
      await swarm.publish(name, bytes)
    }
  }

  #report(slot: number): void {
    const { swarm, blobs, onReport } = this.#deps
    onReport({
      slot,
      connectedPeers: swarm.connectedPeers,
      ...swarm.tally.totals(),
      hasColumns: blobs() !== undefined,
    })
  }
}

function votePublication(duty: CommitteeDuty, vote: Vote): Publication {
  return {
    name: `beacon_attestation_${duty.subnet}`,
    ssz: ssz.electra.SingleAttestation.serialize(vote.attestation),
  }
}
