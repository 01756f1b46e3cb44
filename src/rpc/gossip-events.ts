/**
 * What crosses from the network worker to the event stream: names, batches and the lease. Objects cross as JSON text,
 * made once and written to every subscriber as it is.
 */

/** Events of the standard (beacon-APIs, `apis/eventstream/index.yaml`) that a relay has something true to say about. */
export const STANDARD_EVENTS = [
  'block_gossip',
  'block',
  'attestation',
  'single_attestation',
  'voluntary_exit',
  'bls_to_execution_change',
  'proposer_slashing',
  'attester_slashing',
  'contribution_and_proof',
  'blob_sidecar',
  'data_column_sidecar',
  'execution_payload_gossip',
  'execution_payload_bid',
  'payload_attestation_message',
  'proposer_preferences',
] as const

/** Our own. `mesh` is made on the main thread of what it hears anyway. */
export const OWN_EVENTS = ['mesh', 'peer', 'block_arrival'] as const

export const EVENT_TOPICS = [...STANDARD_EVENTS, ...OWN_EVENTS] as const

export type EventTopic = (typeof EVENT_TOPICS)[number]

export interface StreamEvent {
  readonly topic: EventTopic
  /** JSON on one line. */
  readonly data: string
}

/** What the worker made since its last batch. */
export interface StreamBatch {
  readonly events: readonly StreamEvent[]
  /** Events that were left out for lack of time or room, told about once a second. */
  readonly dropped: Readonly<Partial<Record<EventTopic, number>>>
}

/**
 * How long a subscription holds unless it is made again. A main thread that hangs, and so does not take batches, makes
 * none: the worker then stops making events by itself, and what waits for main is bounded by this time.
 */
export const EVENT_LEASE_MS = 10_000

/** The part of the control contract that is about events. */
export interface EventControl {
  /** Has `streamed` events made of these topics and of no others, for `EVENT_LEASE_MS` from now; none ends it. */
  subscribeEvents(topics: readonly EventTopic[]): void
}
