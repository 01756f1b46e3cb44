/** `starling run` with a network worker that fails when the parent process says how. */
import { endProcess } from '../../../src/main/end-process.ts'
import { runRelay } from '../../../src/main/run-command.ts'

const commands = new BroadcastChannel('mortal-worker')
commands.unref()
process.on('message', (command) => commands.postMessage(command))
await endProcess(await runRelay(process.argv.slice(2), { workerUrl: new URL('./mortal-worker.ts', import.meta.url) }))
