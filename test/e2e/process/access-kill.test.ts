import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { AccessDocument } from '../../../src/api/operator.ts'
import type { TrustedPeerView } from '../../../src/rpc/peer-views.ts'
import { ModelRelay, modelFlags } from '../../support/access-model-relay.ts'
import { ImportWriter, switchWriters, type Writer } from '../../support/access-model-writers.ts'
import { until } from '../../support/until.ts'

const KILLS = 12
/** A kill comes within this time after the first answer, somewhere in a write, a call or an answer. */
const MAX_WRITING_MS = 500

/** The lists as they were kept; those in force are the same. */
async function readDocument(relay: ModelRelay): Promise<AccessDocument> {
  const document = await relay.read<AccessDocument>('/access')
  const trusted = await relay.read<readonly TrustedPeerView[]>('/peers/trusted')
  assert.deepEqual(
    trusted.map(({ peer_id, enr }) => ({ peer_id, enr })),
    document.trusted_peers.map(({ peer_id, enr }) => ({ peer_id, enr })),
  )
  const banned = await relay.read<readonly { readonly peer_id: string }[]>('/peers/banned')
  assert.deepEqual(
    banned.map(({ peer_id }) => peer_id),
    document.banned_peers,
  )
  return document
}

function answersOf(writers: readonly Writer[]): number {
  return writers.reduce((sum, writer) => sum + writer.answers, 0)
}

async function writeUntilKilled(relay: ModelRelay, writers: readonly Writer[]): Promise<void> {
  const before = answersOf(writers)
  const written = Promise.all(writers.map((writer) => writer.write(relay)))
  await until('the first answer', () => answersOf(writers) > before)
  await delay(Math.random() * MAX_WRITING_MS)
  await relay.kill()
  await written
}

test(`${KILLS} kills -9 amid bans, trust and imports: each acknowledged change is there, none is by half`, async (t) => {
  const flags = modelFlags(t)
  let relay = await ModelRelay.start(t, flags)
  const imports: readonly Writer[] = [new ImportWriter(await readDocument(relay))]
  const switches = switchWriters()
  for (let kill = 0; kill < KILLS; kill++) {
    // By turns: an import replaces the lists whose entries the others keep account of.
    const [writers, others] = kill % 2 === 0 ? [switches, imports] : [imports, switches]
    await writeUntilKilled(relay, writers)
    relay = await ModelRelay.start(t, flags)
    const document = await readDocument(relay)
    for (const writer of writers) writer.compare(document)
    for (const writer of others) writer.takeOver(document)
  }
  await relay.stop()
  const answers = answersOf([...switches, ...imports])
  t.diagnostic(`${answers} changes acknowledged over ${KILLS} kills`)
  assert.ok(answers >= KILLS)
})
