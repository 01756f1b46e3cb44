import { AbstractStream, type SendResult } from '@libp2p/utils'
import { silentLogger } from '../../../support/memory-wire.ts'

/** A stream of libp2p's own kind, as QUIC and mplex have them, that is full after each message until it is drained. */
export class FullStream extends AbstractStream {
  /** Lengths of what was sent. */
  readonly sent: number[] = []

  constructor() {
    super({ id: '1', direction: 'inbound', log: silentLogger.forComponent('full-stream') })
  }

  sendData({ byteLength }: { readonly byteLength: number }): SendResult {
    this.sent.push(byteLength)
    return { sentBytes: byteLength, canSendMore: false }
  }

  drain(): void {
    this.safeDispatchEvent('drain')
  }

  override sendReset(): void {
    // There is no other side.
  }

  override async sendCloseWrite(): Promise<void> {
    // There is no other side.
  }

  override async sendCloseRead(): Promise<void> {
    // There is no other side.
  }

  override sendPause(): void {
    // There is no other side.
  }

  override sendResume(): void {
    // There is no other side.
  }
}
