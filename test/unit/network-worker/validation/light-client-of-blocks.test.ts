import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BitArray } from '@chainsafe/ssz'
import { type deneb, ssz } from '@lodestar/types'
import { merkleBranch } from '../../../../src/demo/merkle.ts'
import { realNetwork, realObject } from '../../../support/real-objects.ts'
import { sceneAt } from './judge-scene.ts'

const BODY_DEPTH = 4
const SYNC_COMMITTEE_SIZE = 512

/** Names of fields and how they are hashed. */
type Fields = Readonly<Record<string, { hashTreeRoot(value: never): Uint8Array }>>

function rootsOf(fields: Fields, body: object): Uint8Array[] {
  const values = body as Readonly<Record<string, never>>
  return Object.entries(fields).map(([name, field]) => field.hashTreeRoot(values[name] as never))
}

/** An update that attests to the block, as a full node makes it (block_to_light_client_header). */
function updateOf(fork: 'deneb' | 'electra' | 'fulu', bytes: Uint8Array): deneb.LightClientOptimisticUpdate {
  const { message } = ssz[fork].SignedBeaconBlock.deserialize(bytes)
  const { slot, proposerIndex, parentRoot, stateRoot, body } = message
  const { transactions, withdrawals, ...payload } = body.executionPayload
  const roots = rootsOf(ssz[fork].BeaconBlockBody.fields, body)
  return {
    attestedHeader: {
      beacon: {
        slot,
        proposerIndex,
        parentRoot,
        stateRoot,
        bodyRoot: ssz[fork].BeaconBlockBody.hashTreeRoot(body as never),
      },
      execution: {
        ...payload,
        transactionsRoot: ssz.bellatrix.Transactions.hashTreeRoot(transactions),
        withdrawalsRoot: ssz.capella.Withdrawals.hashTreeRoot(withdrawals),
      },
      executionBranch: merkleBranch(roots, BODY_DEPTH, Object.keys(body).indexOf('executionPayload')),
    },
    syncAggregate: {
      syncCommitteeBits: BitArray.fromSingleBit(SYNC_COMMITTEE_SIZE, 1),
      syncCommitteeSignature: new Uint8Array(96),
    },
    signatureSlot: slot + 1,
  }
}

for (const fork of ['deneb', 'electra', 'fulu'] as const) {
  test(`the header that a light client gets of a real block of ${fork} is in the block, and no other`, () => {
    const { slot, ssz: bytes } = realObject(fork, 'beacon_block')
    const { config: network } = realNetwork(fork)
    const judge = sceneAt(slot + 1, network.slotDurationMs / 2, { network }).judgeOf(
      'light_client_optimistic_update',
      fork,
    )
    const type = ssz[fork].LightClientOptimisticUpdate
    const update = updateOf(fork, bytes)
    assert.deepEqual(judge.judgeUnverified(type.serialize(update)), { action: 'accept' })
    update.attestedHeader.execution.gasUsed++
    const verdict = judge.judgeUnverified(type.serialize(update))
    assert.deepEqual(verdict, { action: 'reject', reason: 'bad_inclusion_proof' })
  })
}
