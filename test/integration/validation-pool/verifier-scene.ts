import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { ssz } from '@lodestar/types'
import pino from 'pino'
import { createForkSchedule } from '../../../src/consensus/fork-schedule.ts'
import type { ForkName, NetworkConfig } from '../../../src/consensus/network-config.ts'
import { computeDomain, type DomainName, signingRoot } from '../../../src/consensus/signing.ts'
import { createSlotClock } from '../../../src/consensus/slot-clock.ts'
import { formatTopic, parseTopic } from '../../../src/consensus/topic.ts'
import type { GossipName } from '../../../src/consensus/topic-table.ts'
import type { KeyRing } from '../../../src/demo/keys.ts'
import type { KeySource } from '../../../src/network-worker/validation/verify/key-source.ts'
import { StatelessVerifier } from '../../../src/network-worker/validation/verify/stateless-verifier.ts'
import type { Verification, VerifiedTopic } from '../../../src/network-worker/validation/verify/verifier.ts'
import { fromHex } from '../../../src/shared/hex.ts'
import { sceneAt } from '../../unit/network-worker/validation/judge-scene.ts'

export interface VerifierScene {
  readonly verifier: StatelessVerifier
  /** Tier 0 and then the verifier, as gossip asks: `no` when it cannot verify. `source`: who sent it. */
  judge(name: GossipName, bytes: Uint8Array, source?: string): Promise<Verification | 'no'>
}

export interface VerifierOptions {
  readonly network: NetworkConfig
  readonly fork: ForkName
  readonly slot: number
  readonly keys: KeySource
}

/** A verifier with its threads, at a moment of a network; stopped when the test ends. */
export function openVerifier(t: TestContext, { network, fork, slot, keys }: VerifierOptions): VerifierScene {
  const scene = sceneAt(slot, 400, { network })
  const { clock } = scene
  const entry = createForkSchedule(network).entries.find((candidate) => candidate.fork === fork)
  assert.ok(entry !== undefined)
  const log = pino({ level: 'silent' })
  const verifier = new StatelessVerifier({ network, slotClock: createSlotClock(network, clock), clock, log, keys })
  t.after(() => verifier.stop())
  const judge = async (name: GossipName, bytes: Uint8Array, source = 'peer'): Promise<Verification | 'no'> => {
    const parsed = parseTopic(formatTopic(entry.digestHex, name))
    assert.ok(parsed !== undefined)
    const topic: VerifiedTopic = { parsed, entry }
    const passed = scene.judgeOf(name, fork).examine(bytes)
    assert.ok(passed.action === 'pass', `tier 0 of ${name}: ${JSON.stringify(passed)}`)
    const given = new Uint8Array(bytes)
    if (verifier.prospect(topic, given, passed) === 'none') return 'no'
    const answer = verifier.verify(topic, given, passed, source)
    given.fill(0) // what was given is not looked at later
    return await answer
  }
  return { verifier, judge }
}

/** A registry: all keys, and no lookahead. */
export function registryOf(keys: KeyRing): KeySource {
  return { pubkeyOf: (index) => keys.publicKeyBytes(index), proposerOf: () => undefined, validatorCount: 262_144 }
}

/** Signs an object's root, in the domain of a version of a network's. */
export function signIn(
  network: NetworkConfig,
  { keys, signer, domain, versionHex }: { keys: KeyRing; signer: number; domain: DomainName; versionHex: string },
  root: Uint8Array,
): Uint8Array {
  const genesisRoot = fromHex(network.genesisValidatorsRootHex, 32)
  return keys.sign(signer, signingRoot(root, computeDomain(domain, versionHex, genesisRoot))).toBytes()
}

/** A change of credentials, signed by the key that it names. */
export function blsChange(network: NetworkConfig, keys: KeyRing, validatorIndex: number, version = 0) {
  const message = {
    validatorIndex,
    fromBlsPubkey: keys.publicKeyBytes(validatorIndex),
    toExecutionAddress: new Uint8Array(20).fill(7),
  }
  const versionHex = network.forks[version]?.versionHex ?? ''
  const as = { keys, signer: validatorIndex, domain: 'blsToExecutionChange', versionHex } as const
  return { message, signature: signIn(network, as, ssz.capella.BLSToExecutionChange.hashTreeRoot(message)) }
}
