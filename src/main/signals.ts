export type StopSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP'

const STOP_SIGNALS: readonly StopSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/** What two requests to stop do. */
export interface SignalActions {
  /** The first signal: leave in order. */
  first(signal: StopSignal): void
  /** Any later one: whoever sends it does not want to wait. */
  again(signal: StopSignal): void
}

/** Listens to them until disposed. */
export function onStopSignals(actions: SignalActions): Disposable {
  let asked = false
  const listener = (signal: StopSignal): void => {
    if (asked) actions.again(signal)
    else actions.first(signal)
    asked = true
  }
  for (const signal of STOP_SIGNALS) process.on(signal, listener)
  return {
    [Symbol.dispose]: () => {
      for (const signal of STOP_SIGNALS) process.off(signal, listener)
    },
  }
}
