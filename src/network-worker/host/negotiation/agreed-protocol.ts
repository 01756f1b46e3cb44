import { addAbortListener } from 'node:events'
import type { MessageStream, StreamMessageEvent } from '@libp2p/interface'
import { encodedProposal, NegotiationError, ProposalReader } from './proposal-reader.ts'

const MULTISTREAM = '/multistream/1.0.0'
const NOT_AVAILABLE = 'na'
/** Multistream's own name, and a protocol in all of its versions: honest sides propose six at most. */
export const MAX_PROPOSALS = 16

/**
 * The listening side of multistream-select 1.0 (libp2p specs, connections/README.md): answers proposals until there is one of
 * `protocols`. As far as bytes are there it is done in one go and never waits for the stream to take its answers, so that of what
 * comes no more than a part of a proposal is kept here; what comes behind the agreement is put back. `ls` is answered like any
 * other protocol that there is not, as go-multistream answers it: the list is a thousand times as long as the question.
 * @throws NegotiationError when no agreement comes of it, the signal's reason; the stream is the caller's to end
 */
export async function agreedProtocol(
  stream: MessageStream & { readonly readableEnded?: boolean },
  protocols: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted()
  if (stream.status !== 'open' || stream.readableEnded === true) throw new NegotiationError('the stream has ended')
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const negotiation = new Negotiation(stream, protocols)
  const onMessage = ({ data }: StreamMessageEvent): void => {
    try {
      const protocol = negotiation.answer(data.subarray())
      if (protocol === undefined) return
      // Now, and not in a later turn: what comes from now on is for whoever serves the protocol.
      stream.removeEventListener('message', onMessage)
      negotiation.putBack()
      resolve(protocol)
    } catch (error) {
      stream.removeEventListener('message', onMessage)
      reject(error)
    }
  }
  const onEnd = (): void => reject(new NegotiationError('the stream ended before a protocol was agreed on'))
  using _ = signal === undefined ? undefined : addAbortListener(signal, () => reject(signal.reason))
  stream.addEventListener('end', onEnd)
  stream.addEventListener('close', onEnd)
  stream.addEventListener('message', onMessage)
  try {
    return await promise
  } finally {
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('end', onEnd)
    stream.removeEventListener('close', onEnd)
  }
}

class Negotiation {
  readonly #stream: MessageStream
  readonly #protocols: readonly string[]
  readonly #proposals = new ProposalReader()
  #count = 0

  constructor(stream: MessageStream, protocols: readonly string[]) {
    this.#stream = stream
    this.#protocols = protocols
  }

  /** Answers all proposals that are whole, in one message. @returns the one that was agreed to */
  answer(bytes: Uint8Array): string | undefined {
    this.#proposals.push(bytes)
    const answers: Uint8Array[] = []
    let agreed: string | undefined
    while (agreed === undefined) {
      const proposal = this.#proposals.next()
      if (proposal === undefined) break
      if (++this.#count > MAX_PROPOSALS) throw new NegotiationError('no protocol was agreed on')
      if (this.#protocols.includes(proposal)) agreed = proposal
      answers.push(encodedProposal(proposal === MULTISTREAM || agreed !== undefined ? proposal : NOT_AVAILABLE))
    }
    if (answers.length > 0) this.#stream.send(Buffer.concat(answers))
    return agreed
  }

  putBack(): void {
    const { rest } = this.#proposals
    if (rest.length > 0) this.#stream.unshift(rest)
  }
}
