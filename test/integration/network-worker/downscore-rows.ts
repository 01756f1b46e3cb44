import type { ReportReason } from '../../../src/network-worker/peers/score/report-sites.ts'
import type { DownscoreReason } from '../../../src/rpc/peer-views.ts'
import { GOSSIP_ROWS } from './downscore-gossip.ts'
import { INBOUND_ROWS } from './downscore-inbound.ts'
import { INTRODUCTION_ROWS } from './downscore-introductions.ts'
import { REQUEST_ROWS } from './downscore-requests.ts'
import type { Cannot, Row } from './reported-peer.ts'

/** Every reason to report a peer with the real events that lead to it: a new one without does not compile. */
export const DOWNSCORE_ROWS: Readonly<Record<ReportReason, Row>> = {
  ...REQUEST_ROWS,
  ...INBOUND_ROWS,
  ...GOSSIP_ROWS,
  ...INTRODUCTION_ROWS,
}

const THROWS_BLOCKS_AWAY: Cannot = {
  cannot: 'a relay throws the few blocks away that it asks for (`--grow-windows`), and nobody pays for them',
}

/** Every word of the standard: said for some row, or why never. */
export const DOWNSCORE_WORDS: Readonly<Record<DownscoreReason, 'said' | Cannot>> = {
  rpc_invalid_request: 'said',
  rpc_invalid_response: 'said',
  rpc_rate_limited: 'said',
  rpc_timeout: 'said',
  rpc_io_error: 'said',
  rpc_bad_blocks_by_range: THROWS_BLOCKS_AWAY,
  rpc_bad_blocks_by_root: THROWS_BLOCKS_AWAY,
  gossip_invalid_block: 'said',
  gossip_invalid_attestation: 'said',
  gossip_invalid_blob_sidecar: 'said',
  gossip_invalid_data_column_sidecar: 'said',
  sync_bad_batch: THROWS_BLOCKS_AWAY,
  status_unviable_fork: 'said',
  behaviour_penalty: 'said',
  unknown: { cannot: 'every report has a word' },
}
