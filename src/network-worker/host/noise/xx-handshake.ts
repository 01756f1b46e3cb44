import { InvalidCryptoExchangeError } from '@libp2p/interface'
import type { CipherState } from './cipher-state.ts'
import { SymmetricState } from './symmetric-state.ts'
import { generateKeyPair, KEY_BYTES, type KeyPair, sharedSecret } from './x25519.ts'

const PROTOCOL_NAME = 'Noise_XX_25519_ChaChaPoly_SHA256'

type Agreement = 'ee' | 'es' | 'se'
type Token = 'e' | 's' | Agreement

/** Who says what (noise framework, revision 34, section 7.5): the initiator the first and third, the responder the second. */
const MESSAGES: readonly (readonly Token[])[] = [['e'], ['e', 'ee', 's', 'es'], ['s', 'se']]

export interface HandshakeOptions {
  readonly role: 'initiator' | 'responder'
  readonly staticKeys: KeyPair
  /** Of this handshake alone; given in tests only. */
  readonly ephemeralKeys?: KeyPair
  /** What both sides must agree on beforehand; libp2p has nothing. */
  readonly prologue?: Uint8Array
}

export interface TransportCiphers {
  readonly sending: CipherState
  readonly receiving: CipherState
}

/** The XX handshake as libp2p uses it: bytes in, bytes out, no clock and no connection (libp2p specs, noise/README.md, r5). */
export class XxHandshake {
  readonly #options: HandshakeOptions
  readonly #ephemeral: KeyPair
  readonly #symmetric = new SymmetricState(PROTOCOL_NAME)
  #remoteEphemeral: Uint8Array | undefined
  #remoteStatic: Uint8Array | undefined
  #turn = 0

  constructor(options: HandshakeOptions) {
    this.#options = options
    this.#ephemeral = options.ephemeralKeys ?? generateKeyPair()
    this.#symmetric.mixHash(options.prologue ?? new Uint8Array())
  }

  /** Of all that was said so far; the same on both sides when nobody stood between. */
  get handshakeHash(): Uint8Array {
    return this.#symmetric.handshakeHash
  }

  /** The other side's static key. @throws InvalidCryptoExchangeError before the message that tells it */
  get remoteStaticKey(): Uint8Array {
    return known(this.#remoteStatic)
  }

  /** Our next message. @throws InvalidCryptoExchangeError when the other side's key is a useless one */
  write(payload: Uint8Array): Uint8Array {
    return this.#guarded(() => {
      const parts = this.#nextMessage().map((token) => this.#say(token))
      return Buffer.concat([...parts, this.#symmetric.encryptAndHash(payload)])
    })
  }

  /** Takes the other side's next message and gives its payload. @throws InvalidCryptoExchangeError when it is not right */
  read(message: Uint8Array): Uint8Array {
    return this.#guarded(() => {
      let rest = message
      for (const token of this.#nextMessage()) rest = rest.subarray(this.#hear(token, rest))
      return this.#symmetric.decryptAndHash(rest)
    })
  }

  /** The ciphers of all that follows. @throws InvalidCryptoExchangeError before the end */
  finish(): TransportCiphers {
    if (this.#turn < MESSAGES.length) throw new InvalidCryptoExchangeError('the noise handshake is not done')
    const [initiators, responders] = this.#symmetric.split()
    return this.#options.role === 'initiator'
      ? { sending: initiators, receiving: responders }
      : { sending: responders, receiving: initiators }
  }

  #nextMessage(): readonly Token[] {
    const message = MESSAGES[this.#turn]
    if (message === undefined) throw new Error('there is no further message')
    this.#turn++
    return message
  }

  #guarded<T>(step: () => T): T {
    const number = this.#turn + 1
    try {
      return step()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new InvalidCryptoExchangeError(`message ${number} of the noise handshake: ${reason}`)
    }
  }

  #say(token: Token): Uint8Array {
    if (token === 's') return this.#symmetric.encryptAndHash(this.#options.staticKeys.publicKey)
    if (token !== 'e') return this.#agree(token)
    this.#symmetric.mixHash(this.#ephemeral.publicKey)
    return this.#ephemeral.publicKey
  }

  /** The bytes that the token takes of a message. */
  #hear(token: Token, bytes: Uint8Array): number {
    if (token !== 'e' && token !== 's') return this.#agree(token).length
    const length = KEY_BYTES + (token === 's' ? this.#symmetric.overheadBytes : 0)
    if (bytes.length < length) throw new Error('it is too short')
    const said = bytes.slice(0, length)
    if (token === 's') {
      this.#remoteStatic = this.#symmetric.decryptAndHash(said)
    } else {
      this.#remoteEphemeral = said
      this.#symmetric.mixHash(said)
    }
    return length
  }

  /** Mixes in what both keys come to; nothing of it is said. */
  #agree(token: Agreement): Uint8Array {
    const { role, staticKeys } = this.#options
    // The first letter is the initiator's key, the second the responder's.
    const [ours, theirs] = role === 'initiator' ? [token[0], token[1]] : [token[1], token[0]]
    const own = ours === 'e' ? this.#ephemeral : staticKeys
    const remote = known(theirs === 'e' ? this.#remoteEphemeral : this.#remoteStatic)
    this.#symmetric.mixKey(sharedSecret(own, remote))
    return new Uint8Array()
  }
}

function known(key: Uint8Array | undefined): Uint8Array {
  if (key === undefined) throw new InvalidCryptoExchangeError('the other side has not told its key')
  return key
}
