import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import pino from 'pino'
import { answerProblem } from '../../../src/api/problem.ts'
import { ERROR_STATUS, type ErrorCode, RelayError } from '../../../src/shared/errors.ts'

async function serveWith(t: TestContext, listener: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server, 'listening')
  const bound = server.address()
  assert.ok(bound !== null && typeof bound === 'object')
  return async (path: string): Promise<{ status: number; text: string }> => {
    const [response]: IncomingMessage[] = await once(
      get({ port: bound.port, host: '127.0.0.1', path, agent: false }),
      'response',
    )
    assert.ok(response !== undefined)
    return { status: response.statusCode ?? 0, text: await text(response) }
  }
}

const silent = pino({ level: 'silent' })

test('every code answers its status, in both shapes; only the texts of faults are hidden', async (t) => {
  let cause: unknown
  const fetch = await serveWith(t, (request, response) => answerProblem(silent, request, response, cause))
  for (const code of Object.keys(ERROR_STATUS) as ErrorCode[]) {
    const status = ERROR_STATUS[code]
    cause = new RelayError(code, 'text of the thrower')
    const own = await fetch('/peers?x=/eth/')
    assert.equal(own.status, status)
    const { error } = JSON.parse(own.text)
    assert.deepEqual(JSON.parse(own.text), { error })
    const eth = await fetch('/eth/v1/node/health')
    assert.equal(eth.status, status)
    const { message } = JSON.parse(eth.text)
    assert.equal(eth.text, JSON.stringify({ code: status, message }))
    assert.ok(typeof error === 'string' && error.length > 0)
    if (status === 500) assert.match(error, /^internal error [0-9a-f]{8}$/)
  }
})

test('whatever is thrown is answered 500 without its text, and logged under the id of the answer', async (t) => {
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  const thrown = [
    new Error('inside'),
    'inside',
    { status: 400, message: 'inside' },
    Object.assign(new Error('inside'), { status: 502 }),
  ]
  for (const cause of thrown) {
    const fetch = await serveWith(t, (request, response) => answerProblem(log, request, response, cause))
    const { status, text: body } = await fetch('/peers')
    assert.equal(status, 500)
    assert.doesNotMatch(body, /inside/)
    const id = /internal error ([0-9a-f]{8})/.exec(body)?.[1]
    assert.ok(id !== undefined && lines.at(-1)?.includes(id))
  }
  assert.equal(lines.length, thrown.length)
})

test('undefined and null thrown are faults like any other', async (t) => {
  for (const cause of [undefined, null]) {
    const fetch = await serveWith(t, (request, response) => answerProblem(silent, request, response, cause))
    assert.equal((await fetch('/peers')).status, 500)
  }
})

test('an answer that has begun is cut, never ended as if it were whole', async (t) => {
  const fetch = await serveWith(t, (request, response) => {
    response.writeHead(200, { 'Content-Length': 10 })
    response.write('half')
    answerProblem(silent, request, response, new Error('late'))
  })
  await assert.rejects(fetch('/peers'), { code: 'ECONNRESET' })
})
