/**
 * ChaCha20-Poly1305 of the OpenSSL that the runtime carries, by its C functions (openssl.org, EVP_EncryptInit(3)): node:crypto calls
 * the same ones, but makes a cipher, a key and arrays for each frame, and these write where they are told.
 */
import { runtimeLibrary } from '../../../shared/runtime-library.ts'

declare const pointer: unique symbol
/** An address, as koffi hands it out. It follows any number as one: only what came from here may go there. */
type Pointer = bigint & { readonly [pointer]: true }

/** Those of libcrypto that are used here. They answer 1, or 0 when they failed, and look at no length but those they are told. */
export interface OpenSsl {
  readonly EVP_CIPHER_CTX_new: () => Pointer | null
  readonly EVP_CIPHER_CTX_free: (context: Pointer | null) => void
  readonly EVP_chacha20_poly1305: () => Pointer | null
  readonly EVP_EncryptInit_ex: Init
  readonly EVP_EncryptUpdate: Update
  readonly EVP_EncryptFinal_ex: Final
  readonly EVP_DecryptInit_ex: Init
  readonly EVP_DecryptUpdate: Update
  readonly EVP_DecryptFinal_ex: Final
  readonly EVP_CIPHER_CTX_ctrl: (context: Pointer, type: number, argument: number, bytes: Uint8Array) => number
}

type Init = (
  context: Pointer,
  cipher: Pointer | null,
  engine: null,
  key: Uint8Array | null,
  nonce: Uint8Array | null,
) => number
type Update = (
  context: Pointer,
  out: Uint8Array | null,
  written: Int32Array,
  bytes: Uint8Array,
  length: number,
) => number
type Final = (context: Pointer, out: Uint8Array, written: Int32Array) => number

const INIT = '(void *context, void *cipher, void *engine, void *key, void *nonce)'
const UPDATE = '(void *context, void *out, void *written, void *bytes, int length)'
const FINAL = '(void *context, void *out, void *written)'
const DECLARATIONS: { readonly [name in keyof OpenSsl]: string } = {
  EVP_CIPHER_CTX_new: 'void *EVP_CIPHER_CTX_new()',
  EVP_CIPHER_CTX_free: 'void EVP_CIPHER_CTX_free(void *context)',
  EVP_chacha20_poly1305: 'void *EVP_chacha20_poly1305()',
  EVP_EncryptInit_ex: `int EVP_EncryptInit_ex${INIT}`,
  EVP_EncryptUpdate: `int EVP_EncryptUpdate${UPDATE}`,
  EVP_EncryptFinal_ex: `int EVP_EncryptFinal_ex${FINAL}`,
  EVP_DecryptInit_ex: `int EVP_DecryptInit_ex${INIT}`,
  EVP_DecryptUpdate: `int EVP_DecryptUpdate${UPDATE}`,
  EVP_DecryptFinal_ex: `int EVP_DecryptFinal_ex${FINAL}`,
  EVP_CIPHER_CTX_ctrl: 'int EVP_CIPHER_CTX_ctrl(void *context, int type, int argument, void *bytes)',
}

/** Undefined where koffi has no build for this machine, or the runtime does not give its OpenSSL away. */
export function findOpenSsl(): OpenSsl | undefined {
  try {
    const runtime = runtimeLibrary()
    const found: Partial<Record<string, unknown>> = {}
    for (const [name, declaration] of Object.entries(DECLARATIONS)) found[name] = runtime.func(declaration)
    return isOpenSsl(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isOpenSsl(found: object): found is OpenSsl {
  return Object.keys(DECLARATIONS).every((name) => name in found)
}
