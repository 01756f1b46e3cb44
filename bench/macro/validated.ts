/**
 * What the benches do otherwise where a relay that validates is among those compared. Of what nobody can verify such a
 * relay lets only so much pass: 2,048 attestations of a subnet and slot, 2,048 aggregates of a slot, two blocks of a
 * proposer and slot and eight of a slot (src/network-worker/validation/claim-limits.ts). And without keys it takes a
 * second block in a slot, under the default policies, for a sign of forgery.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { TestNetwork } from '../../test/support/network-directory.ts'
import type { Variant } from '../run-record.ts'
import type { PairedOptions } from './flags.ts'
import { ATTESTATION_SUBNETS } from './traffic.ts'

/** 8,192 attestations a second pass on four subnets. */
const SLOT_SECONDS = 1
/** And 32,768 on sixteen, more than any relay sustains here. */
const SUBNETS = Array.from({ length: 16 }, (_, subnet) => subnet)

/** Whether any of the relays validates; all of them get the same network and topics then. */
export function isValidated({ validations }: Pick<PairedOptions, 'validations'>): boolean {
  return validations.some((validation) => validation !== 'none')
}

/** What differs from slots of 12 s, for steady traffic at high rates. */
export function steadyNetwork(options: Pick<PairedOptions, 'validations'>): Partial<TestNetwork> {
  return isValidated(options) ? { slotSeconds: SLOT_SECONDS } : {}
}

/**
 * What a relay is told of validation. The columns of the benches pass all that needs no key but KZG, as one set of cells
 * cannot be right for any column and no shorter on the wire: by default they would be rejected, so that they are let pass.
 */
export function validationFlags(validation: Variant['validation']): readonly string[] {
  return ['--validation', validation === 'default' ? 'data_column_sidecar=blind' : validation]
}

/** Subnets for the highest rates. */
export function steadySubnets(options: Pick<PairedOptions, 'validations'>): readonly number[] {
  return isValidated(options) ? SUBNETS : ATTESTATION_SUBNETS
}

/**
 * Waits for a slot to begin, for a relay that validates: traffic of whole slots has in each what a slot may have, where
 * two runs that share a slot would have more.
 */
export async function wholeSlots(variant: Variant, network: TestNetwork): Promise<void> {
  if (variant.validation === 'none') return
  const slotMs = network.slotSeconds * 1000
  const sinceGenesisMs = Date.now() - network.genesisTimeSeconds * 1000
  await delay(slotMs - (sinceGenesisMs % slotMs))
}
