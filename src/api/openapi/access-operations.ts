/** Bans and trust. */
import { z } from 'zod'
import { accessBody } from '../schemas/access-document.ts'
import { agentBody, agentText, rangeBody, rangeText } from '../schemas/bans.ts'
import { dialBody, enrText, multiaddrText } from '../schemas/dial-target.ts'
import { peerIdText } from '../schemas/params.ts'
import type { Operation, Reply } from './operation.ts'
import { accessDocument, bannedAgent, bannedPeer, bannedRange, trustedPeer } from './own-views.ts'
import { count } from './view-schema.ts'

const ok = z.literal('ok')
const byPeer = { peer_id: peerIdText }

function donePeer<Action extends string>(action: Action): Readonly<Record<200, Reply>> {
  return {
    200: {
      description: `Done: ${action}`,
      body: z.strictObject({ status: ok, peer_id: peerIdText, action: z.literal(action) }),
    },
  }
}

function doneText<Name extends 'cidr' | 'agent'>(name: Name, action: 'banned' | 'unbanned') {
  return {
    200: {
      description: `Done: ${action}`,
      body: z.strictObject({ status: ok, [name]: z.string(), action: z.literal(action) }),
    },
  }
}

const peerBans: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/peers/banned', id: 'listBannedPeers', tag: 'bans', summary: 'Banned peers' },
    replies: { 200: { description: 'Permanent bans first', body: z.array(bannedPeer) } },
  },
  {
    ...{ method: 'post', path: '/peers/{peer_id}/ban', id: 'banPeer', tag: 'bans', summary: 'Ban a peer for good' },
    pathParameters: byPeer,
    replies: donePeer('banned'),
    errors: ['BAD_PEER_ID', 'LIST_FULL'],
  },
  {
    ...{ method: 'delete', path: '/peers/{peer_id}/ban', id: 'unbanPeer', tag: 'bans', summary: 'Lift a ban' },
    pathParameters: byPeer,
    replies: donePeer('unbanned'),
    errors: ['BAD_PEER_ID', 'PEER_NOT_BANNED'],
  },
]

const trust: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/peers/trusted', id: 'listTrustedPeers', tag: 'trust', summary: 'Trusted peers' },
    replies: { 200: { description: 'Every trusted peer', body: z.array(trustedPeer) } },
  },
  {
    ...{ method: 'post', path: '/peers/trusted', id: 'trustPeer', tag: 'trust', summary: 'Trust a peer and dial it' },
    body: dialBody,
    replies: {
      200: {
        description: 'Trusted',
        body: z.strictObject({
          status: ok,
          enr: enrText.exactOptional(),
          multiaddr: multiaddrText.exactOptional(),
          action: z.literal('added'),
        }),
      },
    },
    errors: ['BAD_ENR', 'BAD_MULTIADDR', 'PEER_BANNED', 'LIST_FULL'],
  },
  {
    ...{ method: 'post', path: '/peers/trusted/{peer_id}', id: 'trustConnectedPeer', tag: 'trust' },
    summary: 'Trust a connected peer',
    pathParameters: byPeer,
    replies: donePeer('added'),
    errors: ['BAD_PEER_ID', 'PEER_NOT_CONNECTED', 'PEER_HAS_NO_ENR', 'PEER_BANNED', 'LIST_FULL'],
  },
  {
    ...{ method: 'delete', path: '/peers/trusted/{peer_id}', id: 'untrustPeer', tag: 'trust' },
    summary: 'Trust a peer no more',
    pathParameters: byPeer,
    replies: donePeer('removed'),
    errors: ['BAD_PEER_ID', 'PEER_NOT_TRUSTED'],
  },
]

const rangesAndAgents: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/bans/ip', id: 'listBannedRanges', tag: 'bans', summary: 'Banned address ranges' },
    replies: { 200: { description: 'Every range', body: z.array(bannedRange) } },
    isLocal: true,
  },
  {
    ...{ method: 'post', path: '/bans/ip', id: 'banRange', tag: 'bans', summary: 'Ban an address range' },
    body: rangeBody,
    replies: doneText('cidr', 'banned'),
    errors: ['BAD_IP_RANGE', 'LIST_FULL'],
  },
  {
    ...{ method: 'delete', path: '/bans/ip/{cidr}', id: 'unbanRange', tag: 'bans', summary: 'Lift the ban of a range' },
    pathParameters: { cidr: rangeText },
    replies: doneText('cidr', 'unbanned'),
    errors: ['BAD_IP_RANGE', 'RANGE_NOT_BANNED'],
  },
  {
    ...{ method: 'get', path: '/bans/agent', id: 'listBannedAgents', tag: 'bans', summary: 'Banned agent names' },
    replies: { 200: { description: 'Every name', body: z.array(bannedAgent) } },
    isLocal: true,
  },
  {
    ...{ method: 'post', path: '/bans/agent', id: 'banAgent', tag: 'bans', summary: 'Ban an agent name' },
    body: agentBody,
    replies: doneText('agent', 'banned'),
    errors: ['LIST_FULL'],
  },
  {
    ...{ method: 'delete', path: '/bans/agent/{agent}', id: 'unbanAgent', tag: 'bans', summary: 'Lift a name’s ban' },
    pathParameters: { agent: agentText },
    replies: doneText('agent', 'unbanned'),
    errors: ['AGENT_NOT_BANNED'],
  },
]

const wholeDocument: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/access', id: 'exportAccess', tag: 'trust', summary: 'Bans and trust as one document' },
    replies: { 200: { description: 'All four lists', body: accessDocument } },
    isLocal: true,
  },
  {
    ...{ method: 'put', path: '/access', id: 'importAccess', tag: 'trust', summary: 'Replace all four lists' },
    body: accessBody,
    replies: {
      200: {
        description: 'Imported',
        body: z.strictObject({ status: ok, action: z.literal('imported'), added: count, removed: count }),
      },
    },
    // Never LIST_FULL: a document whose lists are too long is refused as malformed.
    errors: ['BAD_PEER_ID', 'BAD_ENR', 'BAD_MULTIADDR', 'PEER_BANNED'],
  },
]

export const accessOperations: readonly Operation[] = [...peerBans, ...trust, ...rangesAndAgents, ...wholeDocument]
