import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const LOGGER = new URL('../../../src/shared/logger.ts', import.meta.url).href

/** Runs `script` with `createLogger` in a process of its own, since a logger writes to descriptor 1 itself. */
async function stdoutOf(script: string): Promise<string[]> {
  const source = `import { createLogger } from ${JSON.stringify(LOGGER)}\n${script}`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', source])
  return stdout.split('\n').slice(0, -1)
}

test('json: one object a line with time, level and thread, and nothing below the level', async () => {
  const lines = await stdoutOf(`
    const log = createLogger({ level: 'info', format: 'json' }, 'network')
    log.debug('hidden')
    log.info({ peer_id: '16Uiu2' }, 'peer connected')
    log.child({ room: 'peers' }).warn('slow')`)
  const [first, second, ...rest] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.deepEqual(rest, [])
  assert.match(String(first?.['time']), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  const { time: _, ...fields } = first ?? {}
  assert.deepEqual(fields, { level: 'info', thread: 'network', peer_id: '16Uiu2', msg: 'peer connected' })
  assert.deepEqual([second?.['level'], second?.['room'], second?.['thread']], ['warn', 'peers', 'network'])
})

test('json: an error carries type, message and stack', async () => {
  const [line] = await stdoutOf(`
    createLogger({ level: 'info', format: 'json' }, 'main').error({ err: new TypeError('bad') }, 'call failed')`)
  const { err } = JSON.parse(line ?? '') as { err: Record<string, string> }
  assert.deepEqual([err['type'], err['message']], ['TypeError', 'bad'])
  assert.match(err['stack'] ?? '', /^TypeError: bad\n {4}at /)
})

test('pretty: one line of text with its fields behind it, the stack of an error below', async () => {
  const [line, errorLine, name, frame] = await stdoutOf(`
    const log = createLogger({ level: 'info', format: 'pretty' }, 'network')
    log.info({ peer: '16Uiu2', backoff_secs: 60, n: { a: [1] } }, 'MESH: Received PRUNE from peer')
    log.error({ err: new Error('bad'), method: 'x' }, 'call failed')`)
  assert.match(
    line ?? '',
    /^\[[\d-]+ [\d:.]+\] INFO: network: MESH: Received PRUNE from peer \| peer=16Uiu2 \| backoff_secs=60 \| n=\{"a":\[1\]\}$/,
  )
  assert.match(errorLine ?? '', /ERROR: network: call failed \| method=x$/)
  assert.equal(name, 'Error: bad')
  assert.match(frame ?? '', /^ {4}at /)
})

test('pretty: text that a peer chose can neither break a line nor drive the terminal', async () => {
  const lines = await stdoutOf(String.raw`
    createLogger({ level: 'info', format: 'pretty' }, 'network').info({ agent: 'a\nb\x1b[2Jc\x9bd' }, 'hello\r\n')`)
  assert.equal(lines.length, 1)
  assert.ok(lines[0]?.endsWith(String.raw`network: hello\x0d\x0a | agent=a\x0ab\x1b[2Jc\x9bd`), lines[0])
})

test('the file gets JSON, appended, whatever the terminal gets; its directory is made', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'starling-log-'))
  t.after(() => rm(dir, { recursive: true }))
  const file = join(dir, 'logs', 'relay.log')
  const once = `createLogger({ level: 'info', format: 'pretty', file: ${JSON.stringify(file)} }, 'main').info('up')`
  await stdoutOf(once)
  await stdoutOf(once)
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    ['up', 'up'],
  )
})

test('lines written just before the process ends are not lost', async () => {
  const lines = await stdoutOf(`
    const log = createLogger({ level: 'info', format: 'pretty' }, 'main')
    for (let n = 0; n < 2000; n++) log.info({ n }, 'a line of some length to fill the pipe of the reader')
    log.fatal('last words')
    process.exit(0)`)
  assert.equal(lines.length, 2_001)
  assert.match(lines.at(-1) ?? '', /last words$/)
})
