import { z } from 'zod'
import {
  MAX_BANNED_AGENTS,
  MAX_BANNED_PEERS,
  MAX_BANNED_RANGES,
  MAX_PEER_ADDRESSES,
  MAX_TRUSTED_PEERS,
} from '../../shared/limits.ts'
import type { AccessDocument } from '../operator.ts'
import { agentText, rangeText } from './bans.ts'
import { checked, list } from './checked.ts'
import { enrText, multiaddrText } from './dial-target.ts'
import { peerIdText } from './params.ts'

const trustedPeer = z.strictObject(
  {
    peer_id: peerIdText,
    enr: enrText.nullable(),
    addresses: list(multiaddrText, MAX_PEER_ADDRESSES),
  },
  { error: 'must be an object' },
)

/** No list may be left out: what is left out by accident would be emptied. */
export const accessBody = z
  .strictObject({
    version: z.literal(1, { error: 'must be 1' }),
    banned_peers: list(peerIdText, MAX_BANNED_PEERS),
    banned_ip_ranges: list(rangeText, MAX_BANNED_RANGES),
    banned_agents: list(agentText, MAX_BANNED_AGENTS),
    trusted_peers: list(trustedPeer, MAX_TRUSTED_PEERS),
  })
  .meta({
    examples: [
      { version: 1, banned_peers: [], banned_ip_ranges: ['192.0.2.0/24'], banned_agents: [], trusted_peers: [] },
    ],
  })

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}

/**
 * The body of `PUT /access`: the document that `GET /access` answers, with nothing left out and nothing more. Ranges
 * come out canonical, agent names in lower case, and each once. Whether the lists contradict one another, or name a
 * trusted peer that cannot be dialled, is for the operator to say.
 * @throws BAD_REQUEST
 */
export function parseAccessDocument(body: unknown): AccessDocument {
  const given = checked(accessBody, body)
  return {
    version: 1,
    banned_peers: distinct(given.banned_peers),
    banned_ip_ranges: distinct(given.banned_ip_ranges),
    banned_agents: distinct(given.banned_agents),
    trusted_peers: given.trusted_peers.map((peer) => ({ ...peer, addresses: distinct(peer.addresses) })),
  }
}
