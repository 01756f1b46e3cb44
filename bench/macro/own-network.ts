/** A network namespace of a bench's own: what it sets and makes there is nobody else's, and goes with it. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

/** Says to the process that was started anew that it is inside. */
const INSIDE = '--inside'
const TUN = '/dev/net/tun'

/** The command line that runs one inside. Who is not root becomes it there, where the system lets users have namespaces. */
export function insideCommand(command: readonly string[]): [file: string, ...args: string[]] {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  return ['unshare', '--net', ...asRoot, ...command]
}

function statusInside(command: readonly string[], stdio: 'inherit' | 'ignore'): number | null {
  const [file, ...args] = insideCommand(command)
  return spawnSync(file, args, { stdio }).status
}

/** Why there can be none here, with a TUN device in it; undefined when there can. */
export function missingNetwork(): string | undefined {
  if (process.platform !== 'linux') return 'a network namespace is Linux only'
  try {
    accessSync(TUN, constants.R_OK | constants.W_OK)
  } catch {
    return `${TUN} cannot be opened`
  }
  if (statusInside(['true'], 'ignore') !== 0) return 'no right to make a network namespace (unshare --net)'
  return statusInside(['ip', 'link', 'set', 'lo', 'up'], 'ignore') === 0 ? undefined : 'ip of iproute2 is missing'
}

/** The arguments of a process that was started inside, undefined of any other. */
function argumentsInside(args: readonly string[]): string[] | undefined {
  return args.includes(INSIDE) ? args.filter((arg) => arg !== INSIDE) : undefined
}

/** Runs this process's command again inside, to its end; its exit code is this one's. */
function runAgainInside(): void {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1), INSIDE]
  process.exitCode = statusInside(command, 'inherit') ?? 1
}

/**
 * Runs a bench in a network of its own, with the arguments it was given; the smoke run passes where there can be none.
 * @throws Error where there can be none
 */
export async function runInside(bench: string, args: string[], run: (args: string[]) => Promise<void>): Promise<void> {
  const inside = argumentsInside(args)
  if (inside !== undefined) return await run(inside)
  const reason = missingNetwork()
  if (reason === undefined) runAgainInside()
  else if (args.includes('--smoke')) process.stderr.write(`${bench}: SKIPPED, ${reason}\n`)
  else throw new Error(reason)
}
