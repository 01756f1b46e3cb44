import type { Socket } from 'node:net'
import type { Receive } from './wire.ts'

/** A block of 120 kB with what comes beside it is one read; and the processor's own memory holds it until it is handled. */
const ROOM_BYTES = 128 * 1024

/**
 * Where all sockets of the thread are read into: what was read is handled before the next read of any of them. Otherwise the
 * runtime makes an array of 64 kB for each read, however little comes, and a second one of what came.
 */
let room: Buffer | undefined

interface UserBufferHandle {
  useUserBuffer(buffer: Uint8Array): void
}

function takesUserBuffer(handle: unknown): handle is UserBufferHandle {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    'useUserBuffer' in handle &&
    typeof handle.useUserBuffer === 'function'
  )
}

/**
 * Has a socket read into the room from now on, once a turn: what `net.connect` offers as `onread`, and `net.createServer` does
 * not. What comes is lent to `receive` until it returns.
 * @returns false, and nothing is changed, where the runtime's parts are not as known, or bytes wait in the socket
 */
export function readIntoRoom(socket: Socket, receive: Receive): boolean {
  const handle: unknown = Reflect.get(socket, '_handle')
  const [bufferKey, callbackKey, makerKey] = keysOf(socket)
  if (bufferKey === undefined || callbackKey === undefined || makerKey === undefined) return false
  if (Reflect.get(socket, bufferKey) !== null || Reflect.get(socket, makerKey) !== null) return false
  if (!takesUserBuffer(handle) || socket.readableLength > 0 || socket.destroyed) return false
  room ??= Buffer.allocUnsafeSlow(ROOM_BYTES)
  Reflect.set(socket, bufferKey, room)
  Reflect.set(socket, callbackKey, (bytes: number, filled: Buffer): boolean => {
    receive(filled.subarray(0, bytes))
    if (bytes < filled.length) return true
    goOnNextTurn(socket)
    return false
  })
  handle.useUserBuffer(room)
  return true
}

/**
 * A full room means that there is more, and libuv would read it at once, up to 32 rooms in a row: 4 MB of the smallest messages,
 * which take a second, in which no timer and no other socket has its turn.
 */
function goOnNextTurn(socket: Socket): void {
  setImmediate(() => {
    if (!socket.destroyed && !socket.isPaused()) socket.resume()
  })
}

/** Under which a socket keeps the options `onread.buffer`, `onread.callback`, and the maker of buffers. */
function keysOf(socket: Socket): readonly (symbol | undefined)[] {
  const symbols = Object.getOwnPropertySymbols(socket)
  return ['kBuffer', 'kBufferCb', 'kBufferGen'].map((name) => symbols.find(({ description }) => description === name))
}
