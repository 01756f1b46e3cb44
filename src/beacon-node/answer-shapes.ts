/** The beacon node API's answers (beacon-APIs), as far as they are used; whatever else they hold is left out. */
import { z } from 'zod'

/** FAR_FUTURE_EPOCH and whatever else no number holds exactly becomes infinite: later than anything. */
const uint = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform((text) => (Number.isSafeInteger(Number(text)) ? Number(text) : Number.POSITIVE_INFINITY))

const finite = uint.refine(Number.isFinite)

/**
 * Slots behind the wall clock. A head that came a moment early is ahead of it, which some nodes write as a negative number
 * and some as the unsigned one that it wraps to: neither is behind.
 */
const behind = z
  .string()
  .regex(/^-?\d{1,20}$/)
  .transform((text) => Math.max(0, Number(BigInt.asIntN(64, BigInt(text)))))

function hex(bytes: number) {
  return z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`))
    .transform((text) => text.slice(2).toLowerCase())
}

const checkpoint = z.object({ epoch: finite, root: hex(32) })

/** `GET /eth/v1/beacon/genesis` */
export const genesisShape = z.object({
  data: z.object({ genesis_time: finite, genesis_validators_root: hex(32), genesis_fork_version: hex(4) }),
})

/** `GET /eth/v1/config/spec`; values are text, but for lists, which are not looked at. */
export const specShape = z.object({ data: z.record(z.string(), z.unknown()) })

/** `BLOB_SCHEDULE` of the specification. More changes than this no network has. */
export const blobScheduleShape = z
  .array(z.object({ EPOCH: uint, MAX_BLOBS_PER_BLOCK: finite }))
  .min(1)
  .max(256)

/** `GET /eth/v1/config/fork_schedule` */
export const forkScheduleShape = z.object({ data: z.array(z.object({ current_version: hex(4), epoch: uint })).max(64) })

/** `GET /eth/v1/node/syncing`; older nodes leave the last two out. */
export const syncingShape = z.object({
  data: z.object({
    head_slot: finite,
    sync_distance: behind,
    is_syncing: z.boolean(),
    is_optimistic: z.boolean().default(false),
    el_offline: z.boolean().default(false),
  }),
})

/** `GET /eth/v1/beacon/states/{state_id}/finality_checkpoints` */
export const finalityShape = z.object({ data: z.object({ finalized: checkpoint }) })

/** `GET /eth/v1/beacon/headers/{block_id}` */
export const headerShape = z.object({
  data: z.object({ root: hex(32), header: z.object({ message: z.object({ slot: finite }) }) }),
})

/** `GET /eth/v1/beacon/blocks/{block_id}/root` */
export const rootShape = z.object({ data: z.object({ root: hex(32) }) })

/** `GET /eth/v1/validator/duties/proposer/{epoch}`; no preset has longer epochs. */
export const dutiesShape = z.object({
  data: z.array(z.object({ pubkey: hex(48), validator_index: finite, slot: finite })).max(32),
})

/** `POST /eth/v1/beacon/states/{state_id}/validator_identities` */
export const identitiesShape = z.object({ data: z.array(z.object({ index: finite, pubkey: hex(48) })) })

/** `POST /eth/v1/beacon/states/{state_id}/validators` */
export const validatorsShape = z.object({
  data: z.array(z.object({ index: finite, validator: z.object({ pubkey: hex(48) }) })),
})

export type Genesis = z.output<typeof genesisShape>['data']
export type ForkRow = z.output<typeof forkScheduleShape>['data'][number]
export type Syncing = z.output<typeof syncingShape>['data']
export type CheckpointRow = z.output<typeof checkpoint>
