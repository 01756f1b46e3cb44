/** Runs the ends of a far link: a program in a network namespace of its own, which prints what it saw as JSON. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { insideCommand, missingNetwork } from '../../bench/macro/own-network.ts'
import { goPeerBinary, goSkipReason } from './go-build.ts'

/** For node:test: false, or why there is no far link on this machine. */
export const skip = goSkipReason() || (missingNetwork() ?? false)

/** What the program printed. @throws Error with its complaint when it failed */
export async function runFarEnds<Seen>(program: URL, ...args: readonly (string | number)[]): Promise<Seen> {
  await goPeerBinary() // in there no module could be loaded to build it
  const node = [process.execPath, '--disable-warning=ExperimentalWarning', fileURLToPath(program)]
  const [file, ...rest] = insideCommand([...node, ...args.map(String)])
  const { stdout } = await promisify(execFile)(file, rest)
  return JSON.parse(stdout) as Seen
}
