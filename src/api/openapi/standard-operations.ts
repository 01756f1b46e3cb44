/** The standard beacon node API and Lodestar's operator routes. */
import { z } from 'zod'
import { MAX_PEER_ADDRESSES } from '../../shared/limits.ts'
import { EXAMPLE_MULTIADDR, MAX_ENR_CHARS, MAX_MULTIADDR_CHARS, multiaddrText } from '../schemas/dial-target.ts'
import { peerIdText, statusText } from '../schemas/params.ts'
import { peerDirection, peerState } from '../schemas/peer-filter.ts'
import type { Operation, QueryParameter, Reply } from './operation.ts'
import {
  clientVersion,
  fork,
  genesis,
  gossipScoreStat,
  listMeta,
  nodeIdentity,
  nodePeer,
  peerCount,
  peerScoreStat,
  spec,
  syncing,
} from './standard-views.ts'
import { count } from './view-schema.ts'

function data(body: z.ZodType): Readonly<Record<200, Reply>> {
  return { 200: { description: 'OK', body: z.strictObject({ data: body }) } }
}

const peerList = {
  200: { description: 'Peers that match', body: z.strictObject({ data: z.array(nodePeer), meta: listMeta }) },
}

const peerFilter: Readonly<Record<string, QueryParameter>> = {
  state: { schema: z.array(peerState), description: 'Repeated, a list with commas, or both' },
  direction: { schema: z.array(peerDirection), description: 'Repeated, a list with commas, or both' },
}

const peerIdQuery: Readonly<Record<string, QueryParameter>> = {
  peerId: { schema: peerIdText, description: 'The peer', isRequired: true },
}

const health = z.strictObject({ data: z.strictObject({ sync_distance: count }) }).meta({ id: 'Health' })
const asAsked: Reply = { description: 'The syncing_status that was asked for', body: health }

const node: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/eth/v1/node/health', id: 'getHealth', tag: 'standard', summary: 'Health by status' },
    query: { syncing_status: { schema: statusText, description: 'Answered while not in sync, 100 to 599' } },
    replies: {
      200: { description: 'In sync', body: health },
      206: { description: 'Not in sync', body: health },
      503: { description: 'Not listening', body: health },
      '1XX': { description: 'The syncing_status that was asked for' },
      204: { description: 'The syncing_status that was asked for' },
      304: { description: 'The syncing_status that was asked for' },
      ...{ '2XX': asAsked, '3XX': asAsked, '4XX': asAsked, '5XX': asAsked },
    },
    isHealthCheck: true,
  },
  {
    ...{ method: 'get', path: '/eth/v1/node/identity', id: 'getIdentity', tag: 'standard', summary: 'Who we are' },
    replies: data(nodeIdentity),
  },
  {
    ...{ method: 'get', path: '/eth/v1/node/peers', id: 'listNodePeers', tag: 'standard' },
    summary: 'Live and remembered peers',
    query: peerFilter,
    replies: peerList,
  },
  {
    ...{ method: 'get', path: '/eth/v1/node/peers/{peer_id}', id: 'getNodePeer', tag: 'standard', summary: 'A peer' },
    pathParameters: { peer_id: peerIdText },
    replies: data(nodePeer),
    errors: ['BAD_PEER_ID', 'PEER_NOT_FOUND'],
  },
  {
    ...{ method: 'get', path: '/eth/v1/node/peer_count', id: 'getPeerCount', tag: 'standard' },
    summary: 'How many peers are in each state',
    replies: data(peerCount),
  },
  {
    ...{ method: 'get', path: '/eth/v1/node/syncing', id: 'getSyncing', tag: 'standard', summary: 'Sync state' },
    replies: data(syncing),
  },
  {
    ...{ method: 'get', path: '/eth/v1/node/version', id: 'getVersion', tag: 'standard', summary: 'Version as text' },
    replies: data(z.strictObject({ version: z.string() })),
    isLocal: true,
  },
  {
    ...{
      method: 'get',
      path: '/eth/v2/node/version',
      id: 'getVersionV2',
      tag: 'standard',
      summary: 'Version in parts',
    },
    replies: data(z.strictObject({ beacon_node: clientVersion })),
    isLocal: true,
  },
]

const chain: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/eth/v1/config/spec', id: 'getSpec', tag: 'standard', summary: 'The configuration' },
    replies: data(spec),
    isLocal: true,
  },
  {
    ...{ method: 'get', path: '/eth/v1/config/fork_schedule', id: 'getForkSchedule', tag: 'standard' },
    summary: 'Forks, earliest first',
    replies: data(z.array(fork)),
    isLocal: true,
  },
  {
    ...{ method: 'get', path: '/eth/v1/beacon/genesis', id: 'getGenesis', tag: 'standard', summary: 'Genesis' },
    replies: data(genesis),
    isLocal: true,
  },
]

const lodestar: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/eth/v1/lodestar/peers', id: 'listLodestarPeers', tag: 'lodestar' },
    summary: 'Live and remembered peers, each with its agent',
    query: peerFilter,
    replies: peerList,
  },
  {
    ...{ method: 'get', path: '/eth/v1/lodestar/lodestar_peer_score_stats', id: 'listPeerScores', tag: 'lodestar' },
    summary: 'Peer scores and their last causes',
    replies: data(z.array(peerScoreStat)),
  },
  {
    ...{ method: 'get', path: '/eth/v1/lodestar/gossip_peer_score_stats', id: 'listGossipScores', tag: 'lodestar' },
    summary: 'Counters of gossip scores',
    replies: data(z.array(gossipScoreStat)),
  },
  {
    ...{ method: 'post', path: '/eth/v1/lodestar/connect_peer', id: 'lodestarConnectPeer', tag: 'lodestar' },
    summary: 'Dial a peer once',
    query: {
      peerId: { schema: peerIdText, description: 'Completes addresses that do not name it' },
      multiaddr: {
        schema: z
          .array(multiaddrText)
          .min(1)
          .max(MAX_PEER_ADDRESSES)
          .meta({ examples: [[EXAMPLE_MULTIADDR]] }),
        description: 'Its addresses, tried until one answers: repeated, a list with commas, or both',
        isRequired: true,
      },
    },
    replies: { 200: { description: 'Dialling' } },
    errors: ['BAD_PEER_ID', 'BAD_MULTIADDR', 'PEER_BANNED', 'DIAL_QUEUE_FULL'],
  },
  {
    ...{ method: 'post', path: '/eth/v1/lodestar/disconnect_peer', id: 'lodestarDisconnectPeer', tag: 'lodestar' },
    summary: 'Disconnect a peer',
    query: peerIdQuery,
    replies: { 200: { description: 'Disconnected' } },
    errors: ['BAD_PEER_ID', 'PEER_NOT_FOUND'],
  },
]

const peerText = z
  .string()
  .min(1)
  .max(Math.max(MAX_ENR_CHARS, MAX_MULTIADDR_CHARS))
  .meta({ examples: [EXAMPLE_MULTIADDR] })

const directPeers: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/eth/v1/lodestar/direct_peers', id: 'listDirectPeers', tag: 'lodestar' },
    summary: 'Explicit peers',
    replies: data(z.array(peerIdText)),
  },
  {
    ...{ method: 'post', path: '/eth/v1/lodestar/direct_peers', id: 'addDirectPeer', tag: 'lodestar' },
    summary: 'Forward every message to a peer',
    query: {
      peer: {
        schema: peerText,
        description: 'An ENR, or a multiaddr that ends in /p2p/ and the peer id',
        isRequired: true,
      },
    },
    replies: data(z.strictObject({ peer_id: peerIdText })),
    errors: ['BAD_ENR', 'BAD_MULTIADDR', 'BAD_PEER_ID', 'PEER_BANNED', 'LIST_FULL'],
  },
  {
    ...{ method: 'delete', path: '/eth/v1/lodestar/direct_peers', id: 'removeDirectPeer', tag: 'lodestar' },
    summary: 'Make a peer explicit no more',
    query: peerIdQuery,
    replies: data(z.strictObject({ removed: z.boolean() })),
    errors: ['BAD_PEER_ID'],
  },
]

export const standardOperations: readonly Operation[] = [...node, ...chain, ...lodestar, ...directPeers]
