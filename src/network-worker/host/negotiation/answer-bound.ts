import type { MultiaddrConnection } from '@libp2p/interface'

/** Of multistream and noise, of which an honest side asks for four. */
export const MAX_ANSWERS_IN_CLEAR = 16

/**
 * Bounds what we say on connections before they are encrypted. There libp2p negotiates by itself: it answers whatever is
 * proposed, all that came in one unbroken chain of microtasks, and to somebody who need not even show a key.
 */
export class AnswerBound {
  readonly #sends = new WeakMap<MultiaddrConnection, MultiaddrConnection['send']>()
  /** Connections ended since start. */
  ended = 0

  /** From now on until `lift`, one answer too many ends the connection. */
  put(connection: MultiaddrConnection): void {
    const send = connection.send.bind(connection)
    this.#sends.set(connection, send)
    let answers = 0
    connection.send = (data) => {
      if (++answers <= MAX_ANSWERS_IN_CLEAR) return send(data)
      const error = new Error('no encryption was agreed on')
      this.ended++
      connection.abort(error)
      throw error
    }
  }

  /** It is known who is there. */
  lift(connection: MultiaddrConnection): void {
    const send = this.#sends.get(connection)
    if (send !== undefined) connection.send = send
  }
}
