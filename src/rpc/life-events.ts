/** What a worker tells of its own end. */

/** A failure the worker cannot outlive. Sent once, then the worker stops what it runs and ends. */
export interface FatalEvent {
  readonly message: string
  readonly stack: string
}

/** A sign of life of a worker that was told to stop: sent at once and then four times a second until its end. */
export interface StoppingEvent {
  /** Since it was told. */
  readonly forMs: number
}
