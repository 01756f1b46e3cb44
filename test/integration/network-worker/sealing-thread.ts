/** A thread that loads the ciphers and seals until it is ended. */
import { parentPort } from 'node:worker_threads'
import { TAG_BYTES } from '../../../src/network-worker/host/noise/aead.ts'
import { aead } from '../../../src/network-worker/host/noise/quickest-aead.ts'

const [key, nonce] = [Buffer.alloc(32, 1), Buffer.alloc(12)]
/** Short frames have another cipher than long ones. */
const ROOMS = [1500, 65_519].map((length) => Buffer.alloc(length + TAG_BYTES))

function sealSome(): void {
  for (let n = 0; n < 200; n++) {
    for (const room of ROOMS) {
      aead.seal(key, nonce, room, 0, room.length - TAG_BYTES)
      aead.open(key, nonce, room, 0, room.length)
    }
  }
}

sealSome()
parentPort?.postMessage(aead.name)
parentPort?.once('message', () => parentPort?.close())
setInterval(sealSome, 1).unref()
