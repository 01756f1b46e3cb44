/** `starling run` that gets SIGTERM so many ms after it was begun, the first argument. */
import { endProcess } from '../../../src/main/end-process.ts'
import { runRelay } from '../../../src/main/run-command.ts'

const [afterMs, ...flags] = process.argv.slice(2)
const ended = runRelay(flags)
setTimeout(() => process.kill(process.pid, 'SIGTERM'), Number(afterMs)).unref()
await endProcess(await ended)
