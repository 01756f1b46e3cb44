/** Tier 0, what a message can be held against without any state: a check for each kind of topic. */
import type { GossipKind } from '../../../consensus/topic-table.ts'
import type { CheckFactory } from './rule.ts'

export const CHECKS: Readonly<Partial<Record<GossipKind, CheckFactory>>> = {}
