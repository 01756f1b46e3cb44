/** Why a mesh link came or went, in the words of spec/relay-http-api.md, "MESH Event Logs", with two of our own at the end. */
export type MeshReason =
  | 'manual'
  | 'join_topic'
  | 'peer_subscribed'
  | 'heartbeat'
  | 'leave_topic'
  | 'negative_score'
  | 'mesh_high'
  | 'explicit_peer'
  | 'backoff'
  | 'disconnected'
  | 'slow_peer'
  | 'nearer_peer'
