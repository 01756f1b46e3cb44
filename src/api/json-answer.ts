/**
 * Answers whose text is made once. Shared reads hand the same view to everybody who asks at about the same time; its
 * JSON is made for the first and kept as long as the view itself.
 */
import type { ServerResponse } from 'node:http'

export class JsonAnswer<View extends object> {
  readonly #shape: (view: View) => unknown
  readonly #bodies = new WeakMap<View, Buffer>()

  /** `shape` makes of a view what is answered; it must depend on nothing else. */
  constructor(shape: (view: View) => unknown) {
    this.#shape = shape
  }

  /** Ends the response with the view's JSON; its status may be set before. */
  send(response: ServerResponse, view: View): void {
    const body = this.#body(view)
    response.setHeader('Content-Type', 'application/json; charset=utf-8')
    response.setHeader('Content-Length', body.length)
    response.end(body)
  }

  #body(view: View): Buffer {
    const known = this.#bodies.get(view)
    if (known !== undefined) return known
    const body = Buffer.from(JSON.stringify(this.#shape(view)))
    this.#bodies.set(view, body)
    return body
  }
}

/** Views that are answered as they are. */
export const AS_IT_IS = new JsonAnswer<object>((view) => view)
