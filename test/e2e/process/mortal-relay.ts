/** `starling run` with a network worker that fails when the parent process says how. */
import { runRelay } from '../../../src/main/run-command.ts'

const commands = new BroadcastChannel('mortal-worker')
commands.unref()
process.on('message', (command) => commands.postMessage(command))
process.exit(await runRelay(process.argv.slice(2), { workerUrl: new URL('./mortal-worker.ts', import.meta.url) }))
