/**
 * What an operator can do that outlives a restart. These changes do not go straight to the network worker: they are
 * written to the disk first, then take effect, then are answered. The main thread implements it.
 */
import type { Client } from '../rpc/client-type.ts'
import type { Control, RuntimeConfigView } from '../rpc/contract.ts'
import type { PeerIdStr } from '../shared/ids.ts'

/** The fields of `PATCH /config` that were given, at least one, each in its range. */
export type ConfigPatch = { readonly [Name in keyof RuntimeConfigView]?: number }

/** Changes are made one at a time, in the order in which they were asked for. One that fails has changed nothing. */
export interface Operator {
  /** Answers what is in force then. @throws NOT_READY, RPC_CLOSED, RPC_TIMEOUT */
  patchConfig(patch: ConfigPatch): Promise<RuntimeConfigView>
  /** Idempotent. @throws BAD_PEER_ID, BAD_REQUEST (our own id, or too many), NOT_READY, RPC_CLOSED, RPC_TIMEOUT */
  addExplicitPeer(peerId: PeerIdStr): Promise<void>
  /** Idempotent. @throws BAD_PEER_ID, NOT_READY, RPC_CLOSED, RPC_TIMEOUT */
  removeExplicitPeer(peerId: PeerIdStr): Promise<void>
}

/** The network worker as routes may use it: without the calls that are an {@link Operator}'s to make. */
export type DirectControl = Omit<Client<Control>, 'applySettings' | keyof Operator>
