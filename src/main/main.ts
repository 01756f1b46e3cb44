/** The entry of the process: a command and its flags in, an exit code out. */
import { suggestion } from '../config/closest-name.ts'
import { informationAsked } from '../config/read-argv.ts'
import { usageText } from '../config/usage.ts'
import { RelayError } from '../shared/errors.ts'
import { VERSION } from '../shared/version.ts'
import { endProcess } from './end-process.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { readConfig } from './read-config.ts'

type Command = (argv: readonly string[]) => Promise<number>

async function validateConfig(argv: readonly string[]): Promise<ExitCode> {
  const config = readConfig(argv)
  if (config === undefined) return EXIT.badConfig
  process.stdout.write(`the configuration is valid; network ${config.network.name}\n`)
  return EXIT.clean
}

/** Prints what a helper answers. What it refuses is a complaint, like one about the configuration. */
async function print(answer: Promise<string | undefined>): Promise<ExitCode> {
  try {
    const text = await answer
    if (text === undefined) return EXIT.badConfig
    process.stdout.write(text)
    return EXIT.clean
  } catch (cause) {
    if (!(cause instanceof RelayError)) throw cause
    process.stderr.write(`starling: ${cause.message}\n`)
    return EXIT.badConfig
  }
}

async function enr(argv: readonly string[]): Promise<ExitCode> {
  const { enrCommand } = await import('../cli/enr-command.ts')
  return await print(enrCommand(argv, { readConfig, input: process.stdin }))
}

async function keygen(argv: readonly string[]): Promise<ExitCode> {
  const { keygenCommand } = await import('../cli/keygen-command.ts')
  return await print(keygenCommand(argv, { readConfig }))
}

/** Modules are loaded by the command that needs them, so that help and complaints come at once. */
const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['run', async (argv) => (await import('./run-command.ts')).runRelay(argv)],
  ['demo', async (argv) => (await import('./demo-command.ts')).runDemo(argv)],
  ['validate-config', validateConfig],
  ['enr', enr],
  ['keygen', keygen],
])

async function main(argv: readonly string[]): Promise<number> {
  const [first] = argv
  const name = first === undefined || first.startsWith('-') ? 'run' : first
  const flags = name === first ? argv.slice(1) : argv
  const information = name === 'help' ? 'help' : informationAsked(flags)
  if (information !== undefined) {
    process.stdout.write(information === 'help' ? usageText() : `starling ${VERSION}\n`)
    return EXIT.clean
  }
  const command = COMMANDS.get(name)
  if (command !== undefined) return await command(flags)
  process.stderr.write(`starling: unknown command ${JSON.stringify(name)}${suggestion(name, COMMANDS.keys())}\n`)
  return EXIT.badConfig
}

// Nothing may keep a stopped relay alive: libp2p is down by now, and what else holds the loop does not matter.
await endProcess(await main(process.argv.slice(2)))
