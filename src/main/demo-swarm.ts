/**
 * The demo's swarm as its parent sees it: a child process in a group of its own, so that a Ctrl-C of the terminal
 * reaches the parent alone, which then ends the child. The child ends itself when the IPC channel goes, and this
 * process kills the group when it exits: no swarm is left behind.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { FromSwarm, SwarmReport, ToSwarm } from '../shared/demo-messages.ts'
import { siblingUrl } from '../shared/worker-url.ts'

/** The swarm stops its peers within 3 s; past this it is killed. */
const STOP_DEADLINE_MS = 5000

export interface DemoSwarmOptions {
  /** Directory for the network that the swarm writes. */
  readonly dir: string
  readonly onReport: (report: SwarmReport) => void
}

export class DemoSwarm {
  readonly #child: ChildProcess
  readonly #ready = Promise.withResolvers<void>()
  readonly #ended = Promise.withResolvers<Error>()
  readonly #onExit = (): void => this.kill()
  #failure: string | undefined

  constructor(options: DemoSwarmOptions) {
    const entry = fileURLToPath(siblingUrl(import.meta.url, '../demo/main'))
    this.#child = fork(entry, [options.dir], { detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    this.#ready.promise.catch(() => undefined) // whoever waits for it hears; the rest hear of `ended`
    this.#child.on('message', (message: FromSwarm) => this.#take(message, options))
    this.#child.once('error', (cause) => this.#end(`it could not be started: ${cause.message}`))
    this.#child.once('exit', (code, signal) => this.#end(this.#failure ?? `it ended with ${signal ?? `code ${code}`}`))
    process.on('exit', this.#onExit)
  }

  /** Resolves when the network is written. Rejects when the swarm ends before. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  /** Resolves when the process has ended, whatever the cause, with a text of it. */
  get ended(): Promise<Error> {
    return this.#ended.promise
  }

  /** Lets the swarm connect to a relay and publish. */
  join(relayAddress: string): void {
    this.#tell({ type: 'relay', address: relayAddress })
  }

  /** Asks the swarm to stop, kills it when it has not after 5 s; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#tell({ type: 'stop' })
    const timer = setTimeout(() => this.kill(), STOP_DEADLINE_MS)
    await this.#ended.promise
    clearTimeout(timer)
  }

  /** Kills the swarm's whole process group now. Synchronous, so that it works while this process exits. */
  kill(): void {
    const { pid, exitCode, signalCode } = this.#child
    if (pid === undefined || exitCode !== null || signalCode !== null) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // gone in the meantime
    }
  }

  #take(message: FromSwarm, { onReport }: DemoSwarmOptions): void {
    switch (message.type) {
      case 'network':
        this.#ready.resolve()
        break
      case 'report':
        onReport(message.report)
        break
      case 'failed':
        this.#failure = message.message
        break
    }
  }

  #tell(message: ToSwarm): void {
    // The callback takes the error of a channel that closes while the message is under way.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  #end(reason: string): void {
    process.off('exit', this.#onExit)
    const error = new Error(`the demo's swarm failed: ${reason}`)
    this.#ready.reject(error)
    this.#ended.resolve(error)
  }
}
