import { Socket } from 'node:net'
import type { MessageStream } from '@libp2p/interface'
import { readIntoRoom } from './socket-room.ts'

/** Bytes to and from the connection under a secured one. */
export interface Wire {
  /**
   * Nothing waits here for the system to take it. Bytes that are written then are no longer looked at as soon as it is so
   * again; where that cannot be known it is never so.
   */
  readonly isIdle: boolean
  /** False when no more should come before the 'drain' event. */
  write(bytes: Uint8Array): boolean
}

/** The bytes are lent: they may be changed, and are others' when it returns. */
export type Receive = (bytes: Uint8Array) => void

/** libp2p's connection over TCP, as far as the short way knows it. */
interface TcpConnection extends MessageStream {
  readonly socket: Socket
  onData: Receive
}

function isTcpConnection(connection: MessageStream): connection is TcpConnection {
  return (
    'socket' in connection &&
    connection.socket instanceof Socket &&
    'onData' in connection &&
    typeof connection.onData === 'function'
  )
}

/**
 * From now on bytes that come go to `receive`. Over TCP they come from the socket and go to it by function calls; over
 * anything else, and should libp2p's TCP connection be another one day, by its events and its lists.
 */
export function openWire(connection: MessageStream, receive: Receive): Wire {
  // What the connection holds back would come after what the socket brings.
  const isEmpty = connection.readBufferLength === 0 && connection.writeBufferLength === 0
  return isEmpty && isTcpConnection(connection) ? tcpWire(connection, receive) : eventWire(connection, receive)
}

function tcpWire(connection: TcpConnection, receive: Receive): Wire {
  const { socket } = connection
  connection.onData = receive
  readIntoRoom(socket, (bytes) => connection.onData(bytes))
  return {
    get isIdle() {
      return socket.writableLength === 0 && !socket.connecting
    },
    write: (bytes) => {
      socket.write(bytes)
      // What write() answers is of before the write: a long one counts as too much though the system took all of it.
      return socket.writableLength < socket.writableHighWaterMark
    },
  }
}

function eventWire(connection: MessageStream, receive: Receive): Wire {
  connection.addEventListener('message', ({ data }) => {
    if (data instanceof Uint8Array) receive(data)
    else for (const piece of data) receive(piece)
  })
  return { isIdle: false, write: (bytes) => connection.send(bytes) }
}
