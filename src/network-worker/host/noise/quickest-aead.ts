import { type Aead, runtimeAead, sodiumAead } from './aead.ts'
import { openSslAead } from './openssl-aead.ts'

/**
 * Frames up to this length go to libsodium, for which one call is enough where OpenSSL takes four, longer ones to OpenSSL: it is twice
 * as quick on x86 (ADR 32), and elsewhere libsodium has no vector code for ChaCha20.
 */
const SHORT_BYTES = 1024

/** The quickest there is, frame by frame. */
export const aead: Aead = quickest(sodiumAead, openSslAead)

function quickest(sodium: Aead | undefined, openSsl: Aead | undefined): Aead {
  if (sodium === undefined) return openSsl ?? runtimeAead
  if (openSsl !== undefined) return byLength(sodium, openSsl)
  return process.arch === 'x64' ? sodium : byLength(sodium, runtimeAead)
}

function byLength(short: Aead, long: Aead): Aead {
  const of = (start: number, end: number): Aead => (end - start <= SHORT_BYTES ? short : long)
  return {
    name: `${short.name}, ${long.name}`,
    seal: (key, nonce, bytes, start, end, associated) => of(start, end).seal(key, nonce, bytes, start, end, associated),
    open: (key, nonce, bytes, start, end, associated) => of(start, end).open(key, nonce, bytes, start, end, associated),
  }
}
