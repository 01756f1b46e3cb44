/** One end of what is measured: the process of ours that listens, or the Go peer that dials it (floor.go). Both know the same calls. */
import { fileURLToPath } from 'node:url'
import { goPeerBinary } from '../../test/support/go-build.ts'
import { JsonLineProcess } from '../../test/support/json-line-process.ts'
import type { Variant } from '../run-record.ts'
import type { Pace } from './paced.ts'

export interface ListenArgs {
  readonly transport: Variant['transport']
  /** Of the frames that come over TCP, base64. */
  readonly key: string
}

export interface DialArgs {
  readonly address: string
  readonly connections: number
  /** Of the frames that go out over TCP, base64. */
  readonly key: string
}

export interface PrepareArgs {
  readonly receivers: number
  /** Sent in turn; base64. */
  readonly messages: readonly string[]
}

export type SendArgs = Pace

export interface SentAnswer {
  /** Messages, each of which went to every receiver. */
  readonly sent: number
  /** To all receivers together, as the other end counts them. */
  readonly bytes: number
  readonly maxLagMs: number
}

const PROCESS_FILE = fileURLToPath(new URL('./floor-process.ts', import.meta.url))
/** Longest that sending may overstay, on a busy machine. */
const SEND_GRACE_MS = 60_000

export class FloorEnd implements AsyncDisposable {
  readonly #process: JsonLineProcess<never>

  private constructor(process: JsonLineProcess<never>) {
    this.#process = process
  }

  /** The process that is measured. */
  static listening(): FloorEnd {
    const args = ['--disable-warning=ExperimentalWarning', PROCESS_FILE]
    return new FloorEnd(new JsonLineProcess<never>(process.execPath, args))
  }

  /** The one beside it. @throws Error with the compiler's output */
  static async dialling(): Promise<FloorEnd> {
    return new FloorEnd(new JsonLineProcess<never>(await goPeerBinary()))
  }

  get pid(): number {
    return this.#process.pid
  }

  /** @returns the multiaddr to dial */
  async listen(args: ListenArgs): Promise<string> {
    return (await this.#process.call<{ readonly address: string }>('floorListen', args)).address
  }

  async dial(args: DialArgs): Promise<void> {
    await this.#process.call('floorDial', args)
  }

  /** Makes ready to send. @throws Error when there are not as many connections */
  async prepare(args: PrepareArgs): Promise<void> {
    await this.#process.call('floorPrepare', args)
  }

  /** Sends messages in turn at fixed times, each to all. */
  send(args: SendArgs): Promise<SentAnswer> {
    return this.#process.call<SentAnswer>('floorSend', args, args.seconds * 1000 + SEND_GRACE_MS)
  }

  /** Bytes that came so far: over TCP the Go peer counts those of the frames, and our process what is in them. */
  async receivedBytes(): Promise<number> {
    return (await this.#process.call<{ readonly bytes: number }>('floorReceived')).bytes
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.stop()
  }
}
