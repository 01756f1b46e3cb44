/** A network namespace of a bench's own: what it sets and makes there is nobody else's, and goes with it. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

/** Says to the process that was started anew that it is inside. */
const INSIDE = '--inside'
const TUN = '/dev/net/tun'

/** Who is not root becomes it inside, where the system lets users have namespaces. */
function unshare(command: readonly string[], stdio: 'inherit' | 'ignore') {
  const flags = process.getuid?.() === 0 ? ['--net'] : ['--net', '--map-root-user']
  return spawnSync('unshare', [...flags, ...command], { stdio })
}

/** Why there can be none here, with a TUN device in it; undefined when there can. */
export function missingNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'a network namespace is Linux only'
  try {
    accessSync(TUN, constants.R_OK | constants.W_OK)
  } catch {
    return `${TUN} cannot be opened`
  }
  if (unshare(['true'], 'ignore').status !== 0) return 'no right to make a network namespace (unshare --net)'
  return unshare(['ip', 'link', 'set', 'lo', 'up'], 'ignore').status === 0 ? undefined : 'ip of iproute2 is missing'
}

/**
 * Runs this process's command again inside. Answers the arguments when this is that one; undefined when it was started and
 * has ended, with its exit code as this one's.
 */
export function insideOwnNetwork(args: readonly string[]): string[] | undefined {
  if (args.includes(INSIDE)) return args.filter((arg) => arg !== INSIDE)
  const { status } = unshare([process.execPath, ...process.execArgv, ...process.argv.slice(1), INSIDE], 'inherit')
  process.exitCode = status ?? 1
  return undefined
}
