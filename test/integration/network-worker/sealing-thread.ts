/** A thread that loads the ciphers and seals until it is ended. */
import { parentPort } from 'node:worker_threads'
import { aead, TAG_BYTES } from '../../../src/network-worker/host/noise/aead.ts'

const [key, nonce, room] = [Buffer.alloc(32, 1), Buffer.alloc(12), Buffer.alloc(1500 + TAG_BYTES)]

function sealSome(): void {
  for (let n = 0; n < 200; n++) {
    aead.seal(key, nonce, room, 0, 1500)
    aead.open(key, nonce, room, 0, room.length)
  }
}

sealSome()
parentPort?.postMessage(aead.name)
parentPort?.once('message', () => parentPort?.close())
setInterval(sealSome, 1).unref()
