/** Small files of a network directory, read whole with a limit and with errors that name the file. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { RelayError } from '../shared/errors.ts'

/** No config or bootnode list comes near; a wrong path such as a database must not be read into memory. */
const MAX_FILE_BYTES = 4 * 1024 * 1024

/** An error of the configuration, naming the file (not its directory) it was found in. */
export function fileError(path: string, problem: string, cause?: unknown): RelayError {
  const options = cause === undefined ? undefined : { cause }
  return new RelayError('CONFIG_INVALID', `${basename(path)}: ${problem}`, { file: path }, options)
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/**
 * The first `maxBytes` of a file, or undefined when there is no such file.
 * @throws RelayError CONFIG_INVALID when it exists but cannot be read
 */
export function readHead(path: string, maxBytes: number): Uint8Array | undefined {
  let file: number | undefined
  try {
    file = openSync(path, 'r')
    const bytes = new Uint8Array(maxBytes)
    let filled = 0
    for (let read = -1; read !== 0 && filled < maxBytes; filled += read) {
      read = readSync(file, bytes, filled, maxBytes - filled, null)
    }
    return bytes.subarray(0, filled)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw fileError(path, `cannot be read (${error instanceof Error ? error.message : String(error)})`, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/**
 * A small text file, or undefined when there is no such file.
 * @throws RelayError CONFIG_INVALID when it exists but cannot be read, or is over 4 MiB
 */
export function readText(path: string): string | undefined {
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (sizeBytes > MAX_FILE_BYTES) throw fileError(path, `is over ${MAX_FILE_BYTES} bytes`)
  const bytes = readHead(path, sizeBytes)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}
