import { yamux } from '@libp2p/yamux'

type CreateYamux = ReturnType<typeof yamux>
type YamuxFactory = ReturnType<CreateYamux>

/** Values of the library's StreamState in which a stream owes the other side a flag (SYN, ACK) or nothing at all. */
const OWING_STATES: ReadonlySet<number> = new Set([0, 2, 5])

/** What the bound on window updates needs of the library's streams and its types hide. */
interface YamuxStream {
  readonly state: number
  readonly recvWindow: number
  readonly recvWindowCapacity: number
  sendWindowUpdate(): void
}

interface YamuxMuxer {
  _newStream(...args: unknown[]): YamuxStream
}

function isMuxer(muxer: object): muxer is YamuxMuxer {
  return '_newStream' in muxer && typeof muxer._newStream === 'function'
}

/**
 * The library gives the window back for each frame that it reads, with a frame, a cipher frame and a system call of its
 * own: half of a relay's writes. Here once half of the window is used up, as go-yamux and the Rust implementation do, so
 * that the sender always has the other half. @throws Error when @libp2p/yamux is not the version this was written for
 */
function holdUpdates(stream: YamuxStream): void {
  const { state, recvWindow, recvWindowCapacity } = stream
  if ([state, recvWindow, recvWindowCapacity].some((value) => typeof value !== 'number')) {
    throw new Error('@libp2p/yamux has changed inside: its streams have no window')
  }
  const sendWindowUpdate = stream.sendWindowUpdate.bind(stream)
  stream.sendWindowUpdate = () => {
    const isHalfLeft = 2 * stream.recvWindowCapacity > stream.recvWindow
    if (!isHalfLeft || OWING_STATES.has(stream.state)) sendWindowUpdate()
  }
}

function holdUpdatesOf(muxer: object): void {
  if (!isMuxer(muxer)) throw new Error('@libp2p/yamux has changed inside: its muxer makes no streams')
  const newStream = muxer._newStream.bind(muxer)
  muxer._newStream = (...args) => {
    const stream = newStream(...args)
    holdUpdates(stream)
    return stream
  }
}

/** Yamux that says little. The bytes are those of the specification (hashicorp/yamux, "Flow Control"). */
export function halfWindowYamux(): () => YamuxFactory {
  const create = yamux()
  return () => {
    const factory = create()
    const createStreamMuxer = factory.createStreamMuxer.bind(factory)
    return Object.assign(factory, {
      createStreamMuxer: (...args: Parameters<typeof createStreamMuxer>) => {
        const muxer = createStreamMuxer(...args)
        holdUpdatesOf(muxer)
        return muxer
      },
    })
  }
}
