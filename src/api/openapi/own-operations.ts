/** The relay's own paths: peers, mesh, configuration, discovery, statistics. */
import { z } from 'zod'
import { METRICS_TYPE } from '../routes/metrics.ts'
import { configBody } from '../schemas/config-patch.ts'
import { dialBody, enrText, multiaddrText } from '../schemas/dial-target.ts'
import { peerIdText, topicText } from '../schemas/params.ts'
import type { Operation } from './operation.ts'
import {
  arrival,
  discoveryStats,
  explicitPeer,
  firstBlockSender,
  meshTopic,
  nodeInfo,
  peer,
  runtimeConfig,
} from './own-views.ts'

const ok = z.literal('ok')
const byPeer = { peer_id: peerIdText }
const byLink = { topic: topicText, peer_id: peerIdText }

const peers: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/peers', id: 'listPeers', tag: 'peers', summary: 'Connected peers' },
    replies: { 200: { description: 'Every peer', body: z.array(peer) } },
  },
  {
    ...{ method: 'post', path: '/peers', id: 'connectPeer', tag: 'peers', summary: 'Dial a peer once' },
    body: dialBody,
    replies: {
      200: {
        description: 'What was given, and what is done',
        body: z.strictObject({
          status: ok,
          enr: enrText.exactOptional(),
          multiaddr: multiaddrText.exactOptional(),
          action: z.enum(['connecting', 'already_connected']),
        }),
      },
    },
    errors: ['BAD_ENR', 'BAD_MULTIADDR', 'PEER_BANNED', 'DIAL_QUEUE_FULL'],
  },
  {
    ...{ method: 'get', path: '/peers/{peer_id}', id: 'getPeer', tag: 'peers', summary: 'One peer' },
    pathParameters: byPeer,
    replies: { 200: { description: 'The peer', body: peer } },
    errors: ['BAD_PEER_ID', 'PEER_NOT_FOUND'],
  },
  {
    ...{ method: 'delete', path: '/peers/{peer_id}', id: 'disconnectPeer', tag: 'peers', summary: 'Disconnect a peer' },
    pathParameters: byPeer,
    replies: {
      200: {
        description: 'Disconnected',
        body: z.strictObject({ status: ok, peer_id: peerIdText, action: z.literal('disconnected') }),
      },
    },
    errors: ['BAD_PEER_ID', 'PEER_NOT_FOUND'],
  },
]

const mesh: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/mesh', id: 'listMesh', tag: 'mesh', summary: 'Topics and the peers in their meshes' },
    replies: { 200: { description: 'Every topic', body: z.array(meshTopic) } },
  },
  {
    ...{ method: 'post', path: '/mesh/{topic}/{peer_id}', id: 'graft', tag: 'mesh', summary: 'GRAFT a peer' },
    pathParameters: byLink,
    replies: {
      200: {
        description: 'The peer is in the mesh',
        body: z.strictObject({
          status: ok,
          topic: topicText,
          peer_id: peerIdText,
          action: z.enum(['grafted', 'already_in_mesh']),
          warning: z.string().exactOptional(),
        }),
      },
    },
    errors: [
      ...(['BAD_TOPIC', 'BAD_PEER_ID', 'TOPIC_NOT_SUBSCRIBED', 'PEER_NOT_CONNECTED'] as const),
      ...(['PEER_NOT_SUBSCRIBED', 'PEER_IN_BACKOFF', 'PEER_EXPLICIT'] as const),
    ],
  },
  {
    ...{ method: 'delete', path: '/mesh/{topic}/{peer_id}', id: 'prune', tag: 'mesh', summary: 'PRUNE a peer' },
    pathParameters: byLink,
    replies: {
      200: {
        description: 'The peer is not in the mesh',
        body: z.strictObject({
          status: ok,
          topic: topicText,
          peer_id: peerIdText,
          action: z.enum(['pruned', 'not_in_mesh']),
        }),
      },
    },
    errors: ['BAD_TOPIC', 'BAD_PEER_ID', 'TOPIC_NOT_SUBSCRIBED'],
  },
]

const explicit: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/mesh/explicit', id: 'listExplicitPeers', tag: 'mesh', summary: 'Explicit peers' },
    replies: { 200: { description: 'Every explicit peer', body: z.array(explicitPeer) } },
  },
  {
    ...{ method: 'post', path: '/mesh/explicit/{peer_id}', id: 'addExplicitPeer', tag: 'mesh' },
    summary: 'Forward every message to a peer',
    pathParameters: byPeer,
    replies: {
      200: {
        description: 'Explicit',
        body: z.strictObject({ status: ok, peer_id: peerIdText, action: z.literal('added_to_explicit') }),
      },
    },
    errors: ['BAD_PEER_ID', 'PEER_BANNED', 'LIST_FULL'],
  },
  {
    ...{ method: 'delete', path: '/mesh/explicit/{peer_id}', id: 'removeExplicitPeer', tag: 'mesh' },
    summary: 'Make a peer explicit no more',
    pathParameters: byPeer,
    replies: {
      200: {
        description: 'Not explicit',
        body: z.strictObject({ status: ok, peer_id: peerIdText, action: z.literal('removed_from_explicit') }),
      },
    },
    errors: ['BAD_PEER_ID'],
  },
]

const settings: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/config', id: 'getConfig', tag: 'config', summary: 'The settings in force' },
    replies: { 200: { description: 'The settings', body: runtimeConfig } },
  },
  {
    ...{ method: 'patch', path: '/config', id: 'patchConfig', tag: 'config', summary: 'Change any of the settings' },
    body: configBody,
    replies: {
      200: { description: 'What is in force then', body: z.strictObject({ status: ok, ...runtimeConfig.shape }) },
    },
  },
  {
    ...{ method: 'get', path: '/node/info', id: 'getNodeInfo', tag: 'node', summary: 'Identity and addresses' },
    replies: { 200: { description: 'This node', body: nodeInfo } },
  },
  {
    ...{ method: 'get', path: '/openapi.json', id: 'getOpenApi', tag: 'node', summary: 'This document' },
    replies: { 200: { description: 'OpenAPI 3.1', body: z.looseObject({ openapi: z.literal('3.1.0') }) } },
    isLocal: true,
  },
]

const discovery: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/discovery/stats', id: 'getDiscoveryStats', tag: 'discovery' },
    summary: 'What discovery does and holds',
    replies: { 200: { description: 'Counts; zeros without discovery', body: discoveryStats } },
  },
  {
    ...{ method: 'get', path: '/discovery/peers', id: 'listDiscoveredPeers', tag: 'discovery' },
    summary: 'Every peer discovered, earlier runs included',
    replies: { 200: { description: 'The oldest first', body: z.array(peerIdText) } },
  },
]

const statistics: readonly Operation[] = [
  {
    ...{ method: 'get', path: '/stats/first-block-sender', id: 'listFirstBlockSenders', tag: 'stats' },
    summary: 'How many blocks each peer sent first',
    replies: { 200: { description: 'The most first', body: z.array(firstBlockSender) } },
  },
  {
    ...{
      method: 'get',
      path: '/stats/arrivals',
      id: 'listArrivals',
      tag: 'stats',
      summary: 'How the last blocks came',
    },
    replies: { 200: { description: 'Slots ascending', body: z.array(arrival) } },
  },
  {
    ...{ method: 'get', path: '/metrics', id: 'getMetrics', tag: 'stats', summary: 'Metrics for Prometheus' },
    replies: {
      200: { description: 'Prometheus’ text format', body: z.string().min(1), contentType: METRICS_TYPE },
    },
    // A worker that does not answer shows on the page.
    isLocal: true,
    isOfMetrics: true,
  },
]

export const ownOperations: readonly Operation[] = [
  ...peers,
  ...mesh,
  ...explicit,
  ...settings,
  ...discovery,
  ...statistics,
]
