/** Updates for light clients. Spec: specs/<fork>/light-client/sync-protocol.md */
import { isForkAtLeast } from '../network-config.ts'
import { type ContainerType, container, uint64 } from '../ssz/ssz-layout-type.ts'
import { beaconBlockHeader, branch, root } from './basic.ts'
import { type Edition, fieldsIn } from './edition.ts'
import { executionPayloadHeaderType } from './execution.ts'
import { syncAggregateType } from './sync-committee.ts'

/** Depth of `finalized_checkpoint.root` in the state: generalised indices 105, 169 and 735. */
function finalityDepth({ fork }: Edition): number {
  if (isForkAtLeast(fork, 'gloas')) return 9
  return isForkAtLeast(fork, 'electra') ? 7 : 6
}

/** Depths of `execution_payload` (generalised index 25) and of Gloas' `parent_block_hash` (2856) in a block's body. */
const EXECUTION_PAYLOAD_DEPTH = 4
const EXECUTION_BLOCK_HASH_DEPTH_GLOAS = 11

function headerType(edition: Edition): ContainerType {
  const payloadFields = {
    execution: executionPayloadHeaderType(edition),
    executionBranch: branch(EXECUTION_PAYLOAD_DEPTH),
  }
  const hashFields = { executionBlockHash: root, executionBranch: branch(EXECUTION_BLOCK_HASH_DEPTH_GLOAS) }
  return container('LightClientHeader', {
    beacon: beaconBlockHeader,
    ...fieldsIn(edition, { from: 'capella', until: 'gloas' }, payloadFields),
    ...fieldsIn(edition, { from: 'gloas' }, hashFields),
  })
}

export function finalityUpdateType(edition: Edition): ContainerType {
  const header = headerType(edition)
  return container('LightClientFinalityUpdate', {
    attestedHeader: header,
    finalizedHeader: header,
    finalityBranch: branch(finalityDepth(edition)),
    syncAggregate: syncAggregateType(edition),
    signatureSlot: uint64,
  })
}

export function optimisticUpdateType(edition: Edition): ContainerType {
  return container('LightClientOptimisticUpdate', {
    attestedHeader: headerType(edition),
    syncAggregate: syncAggregateType(edition),
    signatureSlot: uint64,
  })
}
