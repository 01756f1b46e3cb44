import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { AS_IT_IS, JsonAnswer } from '../../../src/api/json-answer.ts'

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('a view is shaped once, however often it is answered; another one anew', async (t) => {
  let shaped = 0
  const answer = new JsonAnswer<{ readonly name: string }>(({ name }) => {
    shaped++
    return { data: name }
  })
  let view = { name: 'Grüße' }
  const url = await serve(t, (_request, response) => answer.send(response, view))
  for (let round = 0; round < 3; round++) {
    const reply = await fetch(url)
    assert.equal(reply.headers.get('content-type'), 'application/json; charset=utf-8')
    assert.equal(reply.headers.get('content-length'), '18')
    assert.deepEqual(await reply.json(), { data: 'Grüße' })
  }
  assert.equal(shaped, 1)
  view = { name: 'x' }
  assert.deepEqual(await (await fetch(url)).json(), { data: 'x' })
  assert.equal(shaped, 2)
})

test('HEAD has the length of the body and none of it; the status that was set stays', async (t) => {
  const url = await serve(t, (_request, response) => {
    response.statusCode = 206
    AS_IT_IS.send(response, [1, 2])
  })
  const reply = await fetch(url, { method: 'HEAD' })
  assert.equal(reply.status, 206)
  assert.equal(reply.headers.get('content-length'), '5')
  assert.equal(await reply.text(), '')
})
