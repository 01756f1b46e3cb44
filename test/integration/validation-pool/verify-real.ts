import assert from 'node:assert/strict'
import { formatTopic, parseTopic } from '../../../src/consensus/topic.ts'
import type { GossipName } from '../../../src/consensus/topic-table.ts'
import type { StatelessVerifier } from '../../../src/network-worker/validation/verify/stateless-verifier.ts'
import type { Verification } from '../../../src/network-worker/validation/verify/verifier.ts'
import { type RealObject, realNetwork } from '../../support/real-objects.ts'
import { until } from '../../support/until.ts'
import { sceneAt } from '../../unit/network-worker/validation/judge-scene.ts'

/** The trusted setup takes two seconds of a core that has nothing else to do. */
export const SETUP_MS = 60_000

/** Tier 0 in the slot of `object`, and then the verifier; waits for the trusted setup where the kind needs it. */
export async function verifyReal(
  verifier: StatelessVerifier,
  { entry, slot }: RealObject,
  name: GossipName,
  bytes: Uint8Array,
): Promise<Verification> {
  const { fork } = entry
  const passed = sceneAt(slot, 400, { network: realNetwork(fork).config })
    .judgeOf(name, fork)
    .examine(bytes)
  const parsed = parseTopic(formatTopic(entry.digestHex, name))
  assert.ok(passed.action === 'pass' && parsed !== undefined, `tier 0 of ${name}: ${JSON.stringify(passed)}`)
  const answer = (): Promise<Verification> => verifier.verify({ parsed, entry }, bytes, passed)
  await until('the trusted setup is loaded', async () => (await answer()) !== 'unavailable', SETUP_MS)
  return await answer()
}
