import { readTextFile } from './read-text-file.ts'

/** A shorter secret could be guessed over the network. */
const MIN_TOKEN_LENGTH = 16
/** Longer than any token a header could carry; above it the file is something else. */
const MAX_TOKEN_FILE_BYTES = 4096

export type ApiToken = { readonly ok: true; readonly token: string } | { readonly ok: false; readonly reason: string }

/**
 * The bearer token in a file, without the blanks around it, or the reason why there is none. Only visible ASCII, for
 * it has to travel in an HTTP header. The reason never shows any of the content.
 */
export function readApiToken(path: string): ApiToken {
  const file = readTextFile(path, MAX_TOKEN_FILE_BYTES)
  if (!file.ok) return file
  const token = file.text.trim()
  if (token.length < MIN_TOKEN_LENGTH) {
    return { ok: false, reason: `must hold a token of at least ${MIN_TOKEN_LENGTH} characters` }
  }
  if (!/^[\x21-\x7e]+$/.test(token)) return { ok: false, reason: 'must hold one token of visible ASCII characters' }
  return { ok: true, token }
}
