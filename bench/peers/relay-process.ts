/** A relay of bench/peers as a child process: built when need be, listening, ended with its input. */
import { JsonLineProcess } from '../../test/support/json-line-process.ts'
import { type PeerRelay, relayBinary } from './build.ts'
import { type GossipArguments, gossipArguments } from './gossip-arguments.ts'

const START_TIMEOUT_MS = 10_000

interface ListeningEvent {
  readonly event: 'listening'
  /** Multiaddr with /p2p/. */
  readonly address: string
}

export class RelayProcess implements AsyncDisposable {
  /** Multiaddr with /p2p/. */
  readonly address: string
  readonly #process: JsonLineProcess<ListeningEvent>

  private constructor(process: JsonLineProcess<ListeningEvent>, address: string) {
    this.#process = process
    this.address = address
  }

  /** @throws Error when it cannot be built, or ends instead of listening */
  static async start(relay: PeerRelay, options: GossipArguments): Promise<RelayProcess> {
    const binary = await relayBinary(relay)
    const process = new JsonLineProcess<ListeningEvent>(binary, gossipArguments(options))
    try {
      const isListening = (event: ListeningEvent): event is ListeningEvent => event.event === 'listening'
      const { address } = await process.waitFor(`address of the ${relay} relay`, isListening, START_TIMEOUT_MS)
      return new RelayProcess(process, address)
    } catch (error) {
      await process.stop()
      throw error
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop()
  }
}
