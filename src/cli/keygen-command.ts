/** `starling keygen`: the identity of a node that has not started yet. */
import { closeSync, fsyncSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { NODE_KEY_FILE } from '../shared/data-files.ts'
import { RelayError } from '../shared/errors.ts'
import { toHex } from '../shared/hex.ts'
import type { CommandDeps } from './enr-command.ts'

/**
 * Makes the key of `--data-dir` and answers its peer id. Undefined when the configuration is refused.
 * @throws RelayError CONFIG_INVALID when there is one already: nothing is overwritten; or it cannot be written
 */
export async function keygenCommand(
  argv: readonly string[],
  { readConfig }: Pick<CommandDeps, 'readConfig'>,
): Promise<string | undefined> {
  const config = readConfig(argv)
  if (config === undefined) return undefined
  const key = await generateKeyPair('secp256k1')
  const path = join(config.dataDir, NODE_KEY_FILE)
  try {
    mkdirSync(config.dataDir, { recursive: true })
    writeNew(path, `${toHex(key.raw)}\n`)
  } catch (cause) {
    const why = isTaken(cause)
      ? 'is there already: it is the identity of a node; use another --data-dir, or move it away'
      : `cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`
    throw new RelayError('CONFIG_INVALID', `${path} ${why}`, {}, { cause })
  }
  return `${peerIdFromPrivateKey(key).toString()}\n`
}

/** A write that fails leaves nothing behind. */
function writeNew(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } catch (cause) {
    unlinkSync(path)
    throw cause
  } finally {
    closeSync(file)
  }
}

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
}
