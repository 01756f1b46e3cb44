/**
 * Process entry: one end that does nothing but send or receive, so that /proc tells what that costs. Commands as JSON lines
 * on stdin, answers on stdout; floor-end.ts has what is said.
 */
import { serveJsonLines } from '../../test/support/json-line-commands.ts'
import type { ListenArgs, PrepareArgs, SendArgs, SentAnswer } from './floor-end.ts'
import type { FloorListener, Link } from './listener.ts'
import { paced } from './paced.ts'
import { listenQuic } from './quic-listener.ts'
import { listenTcp } from './tcp-listener.ts'

let listener: FloorListener | undefined
let links: readonly Link[] = []
let messages: readonly Uint8Array[] = []

function listening(): FloorListener {
  if (listener === undefined) throw new Error('nobody listens yet')
  return listener
}

async function listen({ transport, key }: ListenArgs): Promise<{ readonly address: string }> {
  listener = transport === 'tcp' ? await listenTcp(Buffer.from(key, 'base64')) : await listenQuic()
  return { address: listener.address }
}

async function prepare(args: PrepareArgs): Promise<object> {
  links = await listening().links(args.receivers)
  messages = args.messages.map((text) => Buffer.from(text, 'base64'))
  return {}
}

/** Each message to all, one after the other. */
async function send(pace: SendArgs): Promise<SentAnswer> {
  let bytes = 0
  const { count, maxLagMs } = await paced(pace, (index) => {
    const message = messages[index % messages.length]
    if (message === undefined) throw new Error('no messages were made')
    for (const link of links) bytes += link.send(message)
  })
  return { sent: count, bytes, maxLagMs }
}

serveJsonLines({
  floorListen: listen,
  floorPrepare: prepare,
  floorSend: send,
  floorReceived: () => ({ bytes: listening().receivedBytes }),
})
