import type { MultiaddrConnection, Upgrader } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'

/** Both ends of one of libp2p's TCP connections, as its upgrader gets them: no encryption and no muxer yet. */
export interface TcpPair extends AsyncDisposable {
  readonly dialled: MultiaddrConnection
  readonly accepted: MultiaddrConnection
}

function silentLog(): MultiaddrConnection['log'] {
  const log = (): void => {}
  return Object.assign(log, { error: log, trace: log, enabled: false, newScope: silentLog })
}

/** Over loopback, through the real transport. */
export async function tcpPair(): Promise<TcpPair> {
  const transport = tcp()({ logger: { forComponent: silentLog } })
  const accepting = Promise.withResolvers<MultiaddrConnection>()
  const dialling = Promise.withResolvers<MultiaddrConnection>()
  // All that the transport asks of an upgrader; what it makes of connections is not wanted here.
  const upgrader: Pick<Upgrader, 'upgradeInbound' | 'upgradeOutbound' | 'createInboundAbortSignal'> = {
    upgradeInbound: async (connection) => accepting.resolve(connection),
    upgradeOutbound: (connection) => {
      dialling.resolve(connection)
      return new Promise(() => undefined)
    },
    createInboundAbortSignal: (signal) => Object.assign(signal, { clear: () => undefined }),
  }
  const listener = transport.createListener({ upgrader: upgrader as Upgrader })
  await listener.listen(multiaddr('/ip4/127.0.0.1/tcp/0'))
  const [address] = listener.getAddrs()
  if (address === undefined) throw new Error('no address to listen on')
  // The dial never ends, and with its signal the connection would: this one is not aborted.
  const { signal } = new AbortController()
  void transport.dial(address, { upgrader: upgrader as Upgrader, signal })
  const pair = { dialled: await dialling.promise, accepted: await accepting.promise }
  return {
    ...pair,
    async [Symbol.asyncDispose]() {
      for (const connection of [pair.dialled, pair.accepted]) connection.abort(new Error('the test is over'))
      await listener.close()
    },
  }
}
