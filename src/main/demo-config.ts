/** The relay's configuration in a demo: the operator's own settings over the demo's, on the demo's network. */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { ConfigError } from '../config/config-error.ts'
import { loadConfig } from '../config/load.ts'
import type { RelayConfig } from '../config/schema.ts'

const API_PORT = 5052
/** The swarm votes on the subnets the relay is subscribed to; two of the 64 make a modest load. */
const ATTESTATION_SUBNETS = '7,41'

/** Where a demo's directories are, below its own. */
export interface DemoDirs {
  readonly dataDir: string
  readonly networkDir: string
}

/** Whether `port` can be bound on loopback now. */
function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  return promise
}

/** In the place of environment variables: below the operator's own, which are below flags. */
async function demoDefaults({ dataDir }: DemoDirs): Promise<Record<string, string>> {
  return {
    STARLING_DATA_DIR: dataDir,
    STARLING_LISTEN_ADDRESS: '127.0.0.1',
    STARLING_PORT: '0',
    STARLING_QUIC: 'false',
    STARLING_DISCOVERY: 'false',
    STARLING_ATTESTATION_SUBNETS: ATTESTATION_SUBNETS,
    STARLING_API_PORT: (await isFree(API_PORT)) ? String(API_PORT) : '0',
    STARLING_LOG_LEVEL: 'warn',
  }
}

/** The directories of a demo that works in `dir`; the swarm writes the network there. */
export function demoDirs(dir: string): DemoDirs {
  return { dataDir: join(dir, 'relay'), networkDir: join(dir, 'network') }
}

/** The configuration, or undefined after everything wrong with it went to stderr, one problem a line. */
export async function readDemoConfig(argv: readonly string[], dirs: DemoDirs): Promise<RelayConfig | undefined> {
  try {
    return loadConfig({
      argv: [...argv, '--network-dir', dirs.networkDir],
      env: { ...(await demoDefaults(dirs)), ...process.env },
      isTty: process.stdout.isTTY === true,
      cwd: process.cwd(),
    })
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause
    for (const { source, message } of cause.problems) process.stderr.write(`starling: ${source}: ${message}\n`)
    return undefined
  }
}
