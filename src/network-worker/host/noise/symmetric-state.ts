import { createHash, createHmac } from 'node:crypto'
import { TAG_BYTES } from './aead.ts'
import { CipherState } from './cipher-state.ts'

function hmac(key: Uint8Array, ...data: Uint8Array[]): Buffer {
  const hash = createHmac('sha256', key)
  for (const bytes of data) hash.update(bytes)
  return hash.digest()
}

/** Two keys of 32 bytes (noise framework, revision 34, section 4.3). */
function deriveTwo(chainingKey: Uint8Array, inputKey: Uint8Array): readonly [Buffer, Buffer] {
  const temporary = hmac(chainingKey, inputKey)
  const first = hmac(temporary, Uint8Array.of(1))
  return [first, hmac(temporary, first, Uint8Array.of(2))]
}

/** What both sides know at a point of the handshake (noise framework, revision 34, section 5.2), with SHA-256. */
export class SymmetricState {
  #hash: Buffer
  #chainingKey: Buffer
  #cipher: CipherState | undefined

  /** @param protocolName as long as a hash at least: shorter ones are padded instead of hashed, and noise has none here */
  constructor(protocolName: string) {
    const name = Buffer.from(protocolName)
    this.#hash = name.length <= 32 ? Buffer.concat([name], 32) : createHash('sha256').update(name).digest()
    this.#chainingKey = this.#hash
  }

  /** Of all that was said so far. */
  get handshakeHash(): Uint8Array {
    return this.#hash
  }

  /** How much longer a sealed text is than the plain one: nothing until a key is there. */
  get overheadBytes(): number {
    return this.#cipher === undefined ? 0 : TAG_BYTES
  }

  mixHash(data: Uint8Array): void {
    this.#hash = createHash('sha256').update(this.#hash).update(data).digest()
  }

  mixKey(inputKey: Uint8Array): void {
    const [chainingKey, key] = deriveTwo(this.#chainingKey, inputKey)
    this.#chainingKey = chainingKey
    this.#cipher = new CipherState(key)
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const sealed = this.#cipher?.encrypt(plaintext, this.#hash) ?? plaintext
    this.mixHash(sealed)
    return sealed
  }

  /** @throws Error when the tag does not fit */
  decryptAndHash(sealed: Uint8Array): Uint8Array {
    const plaintext = this.#cipher?.decrypt(sealed, this.#hash) ?? sealed
    this.mixHash(sealed)
    return plaintext
  }

  /** The ciphers of what follows the handshake: the initiator's first. */
  split(): readonly [CipherState, CipherState] {
    const [initiators, responders] = deriveTwo(this.#chainingKey, new Uint8Array())
    return [new CipherState(initiators), new CipherState(responders)]
  }
}
