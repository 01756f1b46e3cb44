/**
 * Two nodes of one network that know no other peer: what one has of the other, the relay between them brought. Real
 * clients, or stand-ins for them.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { NetworkConfig } from '../../src/consensus/network-config.ts'

export interface PairNode {
  /** For reports. */
  readonly name: string
  readonly peerId: string
  /** Multiaddr with /p2p/. */
  readonly address: string
  /** The newest block of its chain; undefined before the first. */
  head(): Promise<{ readonly slot: number; readonly rootHex: string } | undefined>
  /** Root of its chain's block of a slot, hex without prefix; undefined when it has none. */
  blockRoot(slot: number): Promise<string | undefined>
  /** SignedBeaconBlock, SSZ; undefined when it has none. */
  block(slot: number): Promise<Uint8Array | undefined>
  /** Unix ms at which it had a slot's block by gossip; undefined when it did not come so. */
  receivedAtMs(slot: number): Promise<number | undefined>
  /** What it holds against a peer, in words; empty when it thinks well of it and is connected to it. */
  complaints(peerId: string): Promise<readonly string[]>
}

export interface NodePair extends AsyncDisposable {
  /** As for `--network-dir`, with a genesis.ssz that has the keys of all proposers. */
  readonly networkDirectory: string
  readonly network: NetworkConfig
  /** The first one proposes all blocks. */
  readonly nodes: readonly [PairNode, PairNode]
  /** How many validators there are. */
  readonly validators: number
  /** Who proposes in a slot of this epoch or the next, as everybody knows, forgers too. */
  proposerOf(slot: number): Promise<number>
}

/** Unix ms at which a slot starts. */
export function slotStartMs({ network }: Pick<NodePair, 'network'>, slot: number): number {
  return network.genesisTimeSeconds * 1000 + slot * network.slotDurationMs
}

/** By this machine's clock, which all parts of a run share; negative before genesis. */
export function currentSlot({ network }: Pick<NodePair, 'network'>): number {
  return Math.floor((Date.now() - network.genesisTimeSeconds * 1000) / network.slotDurationMs)
}

/** Resolves when a slot starts, or at once when it has. */
export async function slotStart(pair: Pick<NodePair, 'network'>, slot: number): Promise<void> {
  await delay(Math.max(0, slotStartMs(pair, slot) - Date.now()))
}
