import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { spawnThread, type WorkerThread } from '../../../src/rpc/spawn-thread.ts'
import type { WorkerPorts } from '../../../src/rpc/worker-module.ts'

function spawnFile(file: string, deadlineMs = 20_000): Promise<WorkerThread<WorkerPorts>> {
  const resourceLimits = { maxOldGenerationSizeMb: 128 }
  return spawnThread({ url: new URL(file, import.meta.url), name: 'test', resourceLimits, deadlineMs })
}

function ports(): { boot: WorkerPorts; close: () => void } {
  const control = new MessageChannel()
  const events = new MessageChannel()
  return {
    boot: { control: control.port2, events: events.port2 },
    close: () => {
      control.port1.close()
      events.port1.close()
    },
  }
}

test('a file that cannot be loaded rejects with the reason', async () => {
  await assert.rejects(spawnFile('./unloadable-worker.ts', 3000))
  await assert.rejects(spawnFile('./no-such-worker.ts', 3000), /no-such-worker/)
})

test('a thread that never answers rejects at its deadline and is ended', async () => {
  await assert.rejects(spawnFile('./silent-worker.ts', 300), /300|[Tt]imeout/)
})

test('a thread that ends while it is started, or stopped, rejects the call; why it ended stays to be asked', async () => {
  for (const step of ['start', 'stop'] as const) {
    const thread = await spawnFile('./dying-worker.ts')
    const { boot, close } = ports()
    await assert.rejects(step === 'start' ? thread.start(boot) : thread.stop(), /ended with code 7/)
    assert.match((await thread.exited).message, /ended with code 7/)
    await thread.terminate()
    await thread.terminate()
    close()
  }
})
