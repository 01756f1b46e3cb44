import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { generateKeyPair, privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { Secp256k1PrivateKey } from '@libp2p/interface'
import { NODE_KEY_FILE } from '../../shared/data-files.ts'
import { RelayError } from '../../shared/errors.ts'
import { toHex } from '../../shared/hex.ts'

/**
 * The node's identity: read from the data dir, or made and kept there at the first start. Peers score the identity,
 * and a changing one behind the same address looks like an attack, so it must outlive restarts.
 * @throws RelayError CONFIG_INVALID when the file is there but does not hold a key: never overwritten silently
 */
export async function loadIdentity(dataDir: string): Promise<Secp256k1PrivateKey> {
  const path = join(dataDir, NODE_KEY_FILE)
  if (existsSync(path)) return readIdentity(path)
  mkdirSync(dataDir, { recursive: true })
  const key = await generateKeyPair('secp256k1')
  writeDurably(path, `${toHex(key.raw)}\n`)
  return key
}

function readIdentity(path: string): Secp256k1PrivateKey {
  const text = readFileSync(path, 'utf8').trim()
  if (!/^[0-9a-fA-F]{64}$/.test(text)) {
    throw new RelayError('CONFIG_INVALID', `${path} does not hold a secp256k1 key (64 hex digits)`)
  }
  try {
    const key = privateKeyFromRaw(new Uint8Array(Buffer.from(text, 'hex')))
    if (key.type === 'secp256k1') return key
  } catch (cause) {
    throw new RelayError('CONFIG_INVALID', `${path} holds no valid secp256k1 key`, {}, { cause })
  }
  throw new RelayError('CONFIG_INVALID', `${path} holds a key of another type than secp256k1`)
}

/** Written beside, synced, then renamed: a crash leaves either the old file or the new one, never half a key. */
function writeDurably(path: string, text: string): void {
  const temporary = `${path}.${toHex(randomBytes(4))}`
  const file = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  chmodSync(temporary, 0o600)
  renameSync(temporary, path)
}
