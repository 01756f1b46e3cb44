/** The library's events, typed: its own types of them are lost on the present @types/node. The one place of these casts. */
import type { EventEmitter } from 'node:events'
import type { Discv5, IDiscv5Events, ISessionEvents, ITransportEvents, SessionService } from '@chainsafe/discv5'

type EventMap<Events extends { [K in keyof Events]: (...args: never) => void }> = {
  [K in keyof Events]: Parameters<Events[K]>
}

export type TransportEventMap = EventMap<ITransportEvents>

export function sessionEvents(session: SessionService): EventEmitter<EventMap<ISessionEvents>> {
  return session as unknown as EventEmitter<EventMap<ISessionEvents>>
}

export function discv5Events(discv5: Discv5): EventEmitter<EventMap<IDiscv5Events>> {
  return discv5 as unknown as EventEmitter<EventMap<IDiscv5Events>>
}
