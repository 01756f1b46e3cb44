/** Messages through the verifier and its threads, as gossip asks: how long each waits, and what it takes of our thread. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { BitArray } from '@chainsafe/ssz'
import { type fulu, ssz } from '@lodestar/types'
import pino from 'pino'
import { createForkSchedule } from '../../src/consensus/fork-schedule.ts'
import { signingRoot } from '../../src/consensus/signing.ts'
import { createSlotClock } from '../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../src/consensus/topic.ts'
import type { GossipName } from '../../src/consensus/topic-table.ts'
import { buildAggregates } from '../../src/demo/aggregates.ts'
import { castVotes, planCommittee } from '../../src/demo/attestations.ts'
import { type BlobWithCells, computeBlobs } from '../../src/demo/blobs.ts'
import { DemoChain } from '../../src/demo/chain.ts'
import { buildColumnSidecars } from '../../src/demo/columns.ts'
import { createDemoNetwork } from '../../src/demo/demo-network.ts'
import { createKeyRing, type KeyRing } from '../../src/demo/keys.ts'
import { createDomains } from '../../src/demo/signing.ts'
import type { Passed } from '../../src/network-worker/validation/checks/rule.ts'
import { StatelessVerifier } from '../../src/network-worker/validation/verify/stateless-verifier.ts'
import { systemClock } from '../../src/shared/clock.ts'
import { fromHex } from '../../src/shared/hex.ts'
import { madeBlock } from '../payloads/made-block.ts'

const BLOCK_BYTES = 120_000
const SLOT = 5
/** As many as mainnet's blocks have on average. */
const BLOBS_OF_BLOCK = 6
const CHANGES = 960
/** Of a slot whose votes are verified: 32 votes and 8 aggregates each. */
const COMMITTEES = 16

interface Case {
  readonly name: GossipName
  readonly ssz: Uint8Array
  readonly passed: Passed
}

const PASSED: Passed = { action: 'pass' }

const keys = createKeyRing()
const network = createDemoNetwork(keys, Date.now())
const entry = createForkSchedule(network.config).at(0)

/** Runs the bench. @throws Error when a message is not valid */
export async function runVerify(): Promise<void> {
  const { config } = network
  const verifier = new StatelessVerifier({
    network: config,
    slotClock: createSlotClock(config, systemClock),
    clock: systemClock,
    log: pino({ level: 'warn' }),
    keys: { pubkeyOf: (index) => keys.publicKeyBytes(index), proposerOf: () => undefined, validatorCount: undefined },
  })
  try {
    await measureAll(verifier)
  } finally {
    await verifier.stop()
  }
}

async function measureAll(verifier: StatelessVerifier): Promise<void> {
  const judge = judgeWith(verifier)
  await timed('threads start, types of blocks load', 1, () => verifier.warmUp())
  const blocks = Array.from({ length: 40 }, (_, index) => signedBlock(index))
  await timed('the first block of 120 kB', 1, () => judge(blocks[0] as Case))
  await each('a block of 120 kB', blocks.slice(1), judge)
  const changes = Array.from({ length: CHANGES }, (_, index) => blsChange(index))
  await each('a change of credentials', changes.slice(0, 40), judge)
  await all(`${CHANGES} changes at once`, changes, judge)
  const { votes, aggregates } = ballots()
  await each('an attestation', votes.slice(0, 40), judge)
  await all(`${votes.length} attestations at once`, votes, judge)
  await each("an aggregate, both of its aggregator's signatures", aggregates.slice(0, 40), judge)
  await all(`${aggregates.length} aggregates at once`, aggregates, judge)
  const [first, ...columns] = columnsOf(await computeBlobs(new AbortController().signal))
  if (first === undefined) throw new Error('no columns')
  await timed('the first column, which waits for the trusted setup', 1, () => judge(first))
  await each(`a column of ${BLOBS_OF_BLOCK} blobs, header known`, columns.slice(0, 40), judge)
  await all(`${columns.length} columns of a block at once`, columns, judge)
}

type Judge = (message: Case) => Promise<void>

function verifyCase(verifier: StatelessVerifier, { name, ssz: bytes, passed }: Case) {
  const parsed = parseTopic(formatTopic(entry.digestHex, name))
  if (parsed === undefined) throw new Error(`no topic ${name}`)
  return verifier.verify({ parsed, entry }, bytes, passed)
}

function judgeWith(verifier: StatelessVerifier): Judge {
  return async (message) => {
    const answer = await verifyCase(verifier, message)
    if (answer !== 'valid') throw new Error(`${message.name} is ${answer}`)
  }
}

function signedBlock(index: number): Case {
  const bytes = madeBlock(BLOCK_BYTES)
  const block = ssz.fulu.SignedBeaconBlock.deserialize(bytes)
  block.message.slot = SLOT + index
  block.message.body.syncAggregate.syncCommitteeBits = BitArray.fromBitLen(512)
  const domains = createDomains(network.forkVersion, network.genesisValidatorsRoot)
  const root = ssz.fulu.BeaconBlock.hashTreeRoot(block.message)
  block.signature = keys.sign(0, signingRoot(root, domains.proposer)).toBytes()
  const proposer = { slot: block.message.slot, proposerIndex: 0 }
  return {
    name: 'beacon_block',
    ssz: ssz.fulu.SignedBeaconBlock.serialize(block),
    passed: { action: 'pass', proposer },
  }
}

function blsChange(validatorIndex: number): Case {
  const message = {
    validatorIndex,
    fromBlsPubkey: keys.publicKeyBytes(validatorIndex),
    toExecutionAddress: new Uint8Array(20),
  }
  const signature = signChange(keys, message)
  const bytes = ssz.capella.SignedBLSToExecutionChange.serialize({ message, signature })
  return { name: 'bls_to_execution_change', ssz: bytes, passed: { action: 'pass' } }
}

function signChange(ring: KeyRing, message: Parameters<typeof ssz.capella.BLSToExecutionChange.hashTreeRoot>[0]) {
  const currentVersion = fromHex(network.config.forks[0]?.versionHex ?? '', 4)
  const { genesisValidatorsRoot } = network
  const forkData = ssz.phase0.ForkData.hashTreeRoot({ currentVersion, genesisValidatorsRoot })
  const domain = Buffer.concat([Uint8Array.of(0x0a, 0, 0, 0), forkData.subarray(0, 28)])
  const root = ssz.capella.BLSToExecutionChange.hashTreeRoot(message)
  return ring.sign(message.validatorIndex, signingRoot(root, domain)).toBytes()
}

/** Votes and aggregates of some committees of a slot, all of the same data as on a good day. */
function ballots(): { readonly votes: readonly Case[]; readonly aggregates: readonly Case[] } {
  const chain = new DemoChain(network, keys)
  const data = chain.attestationData(SLOT)
  const votes: Case[] = []
  const aggregates: Case[] = []
  for (let subnet = 0; subnet < COMMITTEES; subnet++) {
    const duty = planCommittee(keys, chain.domains, SLOT, subnet)
    const cast = castVotes(keys, chain.domains, duty, data)
    for (const { attestation } of cast) {
      const name = `beacon_attestation_${subnet}` as const
      votes.push({ name, ssz: ssz.electra.SingleAttestation.serialize(attestation), passed: PASSED })
    }
    for (const aggregate of buildAggregates(keys, chain.domains, duty, data, cast)) {
      const bytes = ssz.electra.SignedAggregateAndProof.serialize(aggregate)
      aggregates.push({ name: 'beacon_aggregate_and_proof', ssz: bytes, passed: PASSED })
    }
  }
  return { votes, aggregates }
}

function columnsOf(blobs: readonly BlobWithCells[]): readonly Case[] {
  const many = Array.from({ length: BLOBS_OF_BLOCK }, (_, index) => blobs[index % blobs.length] as BlobWithCells)
  const blobCommitments = many.map(({ commitment }) => commitment)
  const block = new DemoChain(network, keys).propose({ slot: SLOT, blobCommitments, attestations: [] })
  const { slot, proposerIndex } = block.signedHeader.message
  const indices = Array.from({ length: 128 }, (_, index) => index)
  return buildColumnSidecars(block, many, indices).map((sidecar: fulu.DataColumnSidecar) => ({
    name: `data_column_sidecar_${sidecar.index}` as GossipName,
    ssz: ssz.fulu.DataColumnSidecar.serialize(sidecar),
    passed: { action: 'pass', proposer: { slot, proposerIndex, headerRoot: block.root } },
  }))
}

/** One after the other: what each waits, the median, and what `verify` itself takes of this thread before it returns. */
async function each(what: string, cases: readonly Case[], judge: Judge): Promise<void> {
  const waits: number[] = []
  const calls: number[] = []
  for (const message of cases) {
    const startMs = performance.now()
    const answer = judge(message)
    calls.push(performance.now() - startMs)
    await answer
    waits.push(performance.now() - startMs)
  }
  report(what, median(waits), `${(1000 * median(calls)).toFixed(0)} µs of it in the call`)
}

/** All at once, and the delays of this thread's event loop meanwhile. */
async function all(what: string, cases: readonly Case[], judge: Judge): Promise<void> {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const cpu = performance.eventLoopUtilization()
  const startMs = performance.now()
  await Promise.all(cases.map(judge))
  const tookMs = performance.now() - startMs
  delays.disable()
  const { utilization } = performance.eventLoopUtilization(cpu)
  const each = `${(tookMs / cases.length).toFixed(2)} ms each`
  report(
    what,
    tookMs,
    `${each}; loop p99 ${(delays.percentile(99) / 1e6).toFixed(1)} ms, ${Math.round(100 * utilization)} % busy`,
  )
}

async function timed(what: string, count: number, run: () => Promise<void>): Promise<void> {
  const startMs = performance.now()
  await run()
  report(what, (performance.now() - startMs) / count)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function report(what: string, ms: number, more = ''): void {
  process.stdout.write(`${what.padEnd(56)} ${ms.toFixed(2).padStart(9)} ms  ${more}\n`)
}
