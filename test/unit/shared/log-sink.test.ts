import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, constants, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { logOutput, openLogFile } from '../../../src/shared/log-output.ts'
import { LogSink } from '../../../src/shared/log-sink.ts'
import { FakeClock } from '../../support/fake-clock.ts'

const LOGGER = new URL('../../../src/shared/logger.ts', import.meta.url).href

/** What the sink and its pipe may hold together, and more than that. */
const TOO_MUCH_BYTES = 1_000_000

function scratch(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'starling-sink-'))
  t.after(() => rmSync(dir, { recursive: true }))
  return dir
}

/** A pipe with a sink at its one end; the other is read when the test says so. */
class Pipe {
  readonly sink: LogSink
  readonly clock = new FakeClock()
  readonly lost: number[] = []
  readonly #readFd: number
  #text = ''

  /** `given`: the sink gets a descriptor that waits, like standard output; else it opens the pipe by its name. */
  constructor(t: TestContext, end: 'given' | 'named') {
    const path = join(scratch(t), 'pipe')
    execFileSync('mkfifo', [path])
    this.#readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const output = end === 'named' ? openLogFile(path) : logOutput(openSync(path, constants.O_WRONLY))
    this.sink = new LogSink(output, {
      clock: this.clock,
      onLost: (lines) => {
        this.lost.push(lines)
        this.sink.write(`lost ${lines}\n`)
      },
    })
  }

  /** What is in the pipe now. */
  read(): void {
    const bytes = Buffer.alloc(TOO_MUCH_BYTES)
    try {
      this.#text += bytes.toString('utf8', 0, readSync(this.#readFd, bytes))
    } catch {
      // EAGAIN: nothing
    }
  }

  /** Reads, and lets time pass, until nothing comes any more. */
  readAll(): string[] {
    for (let before = -1; before < this.#text.length; this.clock.advance(100)) {
      before = this.#text.length
      this.read()
    }
    return this.#text.split('\n')
  }

  closeReader(): void {
    closeSync(this.#readFd)
  }
}

function line(n: number, bytes = 200): string {
  return `${String(n).padStart(bytes - 1, '.')}\n`
}

function numbers(lines: readonly string[]): number[] {
  return lines.map((text) => Number(text.replace(/^\.*/, '')))
}

for (const end of ['given', 'named'] as const) {
  test(`a ${end} pipe that nobody reads: no write waits, later come whole lines in order and how many were lost`, (t) => {
    const pipe = new Pipe(t, end)
    const total = TOO_MUCH_BYTES / 200
    for (let n = 0; n < total; n++) pipe.sink.write(line(n))
    assert.deepEqual(pipe.lost, [], 'nothing is told as long as nothing flows')

    const lines = pipe.readAll()
    assert.equal(lines.pop(), '')
    const told = lines.pop()
    assert.deepEqual(
      numbers(lines),
      lines.map((_, n) => n),
    )
    assert.equal(told, `lost ${total - lines.length}`)
    assert.ok(lines.length * 200 > 256_000 && lines.length * 200 < 400_000, `${lines.length} lines`)
    assert.equal(pipe.clock.pending, 0, 'nothing is tried again when nothing waits')
  })
}

test('the next line pushes those that wait; none is told to be lost when none was', (t) => {
  const pipe = new Pipe(t, 'given')
  for (let n = 0; n < 1_000; n++) pipe.sink.write(line(n))
  pipe.read()
  pipe.sink.write(line(1_000))
  const lines = pipe.readAll().slice(0, -1)
  assert.deepEqual(
    numbers(lines),
    lines.map((_, n) => n),
  )
  assert.deepEqual([lines.length, pipe.lost], [1_001, []])
})

test('lines longer than a pipe come in pieces, whole and in order', (t) => {
  const pipe = new Pipe(t, 'given')
  const long = `${'ä'.repeat(50_000)}\n`
  pipe.sink.write(long)
  pipe.sink.write('short\n')
  assert.equal(pipe.readAll().join('\n'), `${long}short\n`)
})

test('a reader that has gone: lines are lost, and nothing throws or waits', (t) => {
  const pipe = new Pipe(t, 'given')
  for (let n = 0; n < 1_000; n++) pipe.sink.write(line(n))
  pipe.closeReader()
  for (let n = 0; n < 10; n++) pipe.sink.write(line(n))
  pipe.clock.advance(1_000)
  assert.deepEqual([pipe.lost, pipe.clock.pending], [[], 0])
})

test('a flush gives up on who does not read, within a second', (t) => {
  const pipe = new Pipe(t, 'given')
  for (let n = 0; n < 1_000; n++) pipe.sink.write(line(n))
  const beganMs = performance.now()
  pipe.sink.flush()
  assert.ok(performance.now() - beganMs < 5_000)
  pipe.read()
  pipe.sink.flush()
  assert.equal(pipe.readAll().length, 1_001)
})

test('a log file is made with its directory, and appended to', (t) => {
  const file = join(scratch(t), 'deep', 'down', 'relay.log')
  const options = { clock: new FakeClock(), onLost: () => assert.fail() }
  new LogSink(openLogFile(file), options).write('one\n')
  new LogSink(openLogFile(file), options).write('two\n')
  assert.equal(readFileSync(file, 'utf8'), 'one\ntwo\n')
  assert.throws(() => openLogFile(join(file, 'relay.log')), { code: 'EEXIST' })
})

/** Runs `script` with `createLogger` in a process of its own. Its standard output is a socket. */
function loggerProcess(t: TestContext, script: string) {
  const source = `import { createLogger } from ${JSON.stringify(LOGGER)}\n${script}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  t.after(() => child.kill('SIGKILL'))
  const { stdout } = child
  assert.ok(stdout !== null)
  return { child, stdout }
}

const NO_DEVICE = existsSync('/dev/full') ? false : 'no /dev/full'

test('a full disk: the file loses its lines, standard output does not', { skip: NO_DEVICE }, async (t) => {
  const { child, stdout } = loggerProcess(
    t,
    `const log = createLogger({ level: 'info', format: 'json', file: '/dev/full' }, 'main')
     for (let n = 0; n < 3; n++) log.info({ n }, 'a line')`,
  )
  const text = await stdout.setEncoding('utf8').toArray()
  assert.equal(text.join('').match(/a line/g)?.length, 3)
  assert.equal(child.exitCode ?? (await once(child, 'exit'))[0], 0)
})

test('a socket that nobody reads: the process neither waits nor hangs; when it is read again it says what was lost', async (t) => {
  const { child, stdout } = loggerProcess(
    t,
    `const log = createLogger({ level: 'info', format: 'json' }, 'main')
     const flood = () => { for (let n = 0; n < 10_000; n++) log.info({ n }, 'x'.repeat(n % 100 === 0 ? 9_000 : 90)) }
     flood()
     process.once('message', () => {
       log.info('read again')
       flood()
       process.disconnect()
     })
     process.send('flooded')`,
  )
  await once(child, 'message')
  let text = ''
  stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  while (!text.includes('log lines were lost')) await once(stdout, 'data')
  stdout.pause()
  child.send('flood again')
  assert.deepEqual(await once(child, 'exit'), [0, null])

  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n')
  const log = lines.map((json) => JSON.parse(json) as Readonly<Record<string, unknown>>)
  const told = log.findIndex(({ msg }) => msg === 'log lines were lost')
  const { level, output, lines: lost } = log[told] ?? {}
  assert.deepEqual([level, output, lost], ['warn', 'stdout', 10_000 - told])
  assert.deepEqual(
    log.slice(0, told).map(({ n }) => n),
    log.slice(0, told).map((_, n) => n),
  )
})
