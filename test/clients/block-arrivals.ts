/** When blocks came to the relay, by its own event stream. */
interface Arrival {
  readonly slot: string
  readonly block_root: string
  readonly first_peer_id: string
  readonly arrived_unix_ns: string
}

export interface BlockArrival {
  readonly slot: number
  readonly rootHex: string
  readonly firstPeerId: string
  readonly atMs: number
}

export class BlockArrivals implements AsyncDisposable {
  /** In order of arrival; as many as a run has blocks. */
  readonly seen: BlockArrival[] = []
  readonly #ended = new AbortController()
  #reading: Promise<void> = Promise.resolve()

  /** Resolves when the stream is open. `api`: base URL of the relay's API. */
  static async open(api: string): Promise<BlockArrivals> {
    const arrivals = new BlockArrivals()
    const response = await fetch(`${api}/eth/v1/events?topics=block_arrival`, { signal: arrivals.#ended.signal })
    const { body } = response
    if (!response.ok || body === null) throw new Error(`the relay's events: ${response.status}`)
    arrivals.#reading = arrivals.#read(body).catch(() => undefined) // aborted, or the relay is gone
    return arrivals
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort()
    await this.#reading
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = ''
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('data: ')) this.#take(JSON.parse(line.slice(6)) as Arrival)
    }
  }

  #take({ slot, block_root, first_peer_id, arrived_unix_ns }: Arrival): void {
    const rootHex = block_root.replace(/^0x/, '')
    this.seen.push({ slot: Number(slot), rootHex, firstPeerId: first_peer_id, atMs: Number(arrived_unix_ns) / 1e6 })
  }
}
