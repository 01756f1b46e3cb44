/** The event stream as routes see it; the main thread implements it. */
import type { EventTopic } from '../rpc/gossip-events.ts'

/** Where the events of one subscriber go. Must not throw. */
export interface EventSink {
  /** Whole events as they are sent. The bytes are shared with other subscribers. */
  write(frames: Buffer): void
  /** The stream is over: the relay stops. */
  end(): void
}

export interface EventSubscription {
  /** Idempotent. */
  close(): void
}

export interface EventFeed {
  /**
   * Resolves when events of these topics are on their way.
   * @throws SUBSCRIBERS_FULL, NOT_READY, RPC_CLOSED, RPC_TIMEOUT
   */
  open(topics: ReadonlySet<EventTopic>, sink: EventSink): Promise<EventSubscription>
}

/** An event as it is sent (WHATWG HTML, "Server-sent events"). `data` is JSON on one line. */
export function eventFrame(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`
}

/** Something about the stream itself, as an event that clients of the standard do not listen to. */
export function noticeFrame(notice: Readonly<Record<string, string | number>>): string {
  return eventFrame('notice', JSON.stringify(notice))
}
