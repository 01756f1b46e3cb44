import type { RelayConfig } from '../../../config/schema.ts'
import { CUSTODY_REQUIREMENT, columnsOfGroups, custodyGroups, NUMBER_OF_COLUMNS } from '../../../consensus/custody.ts'
import { computeSubscribedSubnets } from '../../../consensus/subnets.ts'
import { ATTESTATION_SUBNET_COUNT, type GossipKind } from '../../../consensus/topic-table.ts'
import type { WantedTopics } from './wanted-topics.ts'

type TopicSettings = Pick<RelayConfig, 'topics' | 'attestationSubnets' | 'custodyColumns'>

function range(length: number): ReadonlySet<number> {
  return new Set(Array.from({ length }, (_, index) => index))
}

/**
 * The operator's choice made concrete for this node: backbone subnets follow from the node id and rotate with the
 * epoch, custody columns follow from the node id alone.
 */
export function wantedTopics(settings: TopicSettings, nodeId: Uint8Array, epoch: number): WantedTopics {
  return {
    kinds: kindsOf(settings.topics),
    attestationSubnets: subnetsOf(settings.attestationSubnets, nodeId, epoch),
    custodyColumns: columnsOf(settings.custodyColumns, nodeId),
  }
}

function kindsOf(topics: TopicSettings['topics']): WantedTopics['kinds'] {
  if (topics === 'all') return 'all'
  return new Set<GossipKind>(topics === 'none' ? [] : topics)
}

function subnetsOf(
  choice: TopicSettings['attestationSubnets'],
  nodeId: Uint8Array,
  epoch: number,
): ReadonlySet<number> {
  if (choice === 'all') return range(ATTESTATION_SUBNET_COUNT)
  if (choice === 'none') return new Set()
  return new Set(choice === 'backbone' ? computeSubscribedSubnets(nodeId, Math.max(0, epoch)) : choice)
}

function columnsOf(choice: TopicSettings['custodyColumns'], nodeId: Uint8Array): ReadonlySet<number> {
  if (choice === 'all') return range(NUMBER_OF_COLUMNS)
  return new Set(choice === 'custody' ? columnsOfGroups(custodyGroups(nodeId, CUSTODY_REQUIREMENT)) : choice)
}
