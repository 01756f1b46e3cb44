/** The other side of json-line-process.ts: a process whose commands come as JSON lines on its stdin. */
import { createInterface } from 'node:readline'

/** By name. What one throws is its answer's error. */
export type JsonLineCommands = Readonly<Record<string, (args: never) => unknown>>

/** Writes an answer or an event. */
export function tell(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

async function run(commands: JsonLineCommands, line: string): Promise<void> {
  const { id, cmd, args } = JSON.parse(line) as { readonly id: number; readonly cmd: string; readonly args: never }
  try {
    const command = commands[cmd]
    if (command === undefined) throw new Error(`no such command: ${cmd}`)
    tell({ id, ok: true, result: await command(args) })
  } catch (cause) {
    tell({ id, ok: false, error: cause instanceof Error ? cause.message : String(cause) })
  }
}

/** Runs commands side by side until stdin ends, which ends the process. */
export function serveJsonLines(commands: JsonLineCommands): void {
  createInterface({ input: process.stdin })
    .on('line', (line) => void run(commands, line))
    .on('close', () => process.exit(0))
}
