import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { until } from '../../support/until.ts'

export interface SentEvent {
  readonly event: string
  readonly data: string
}

export interface EventClient {
  readonly response: IncomingMessage
  /** Events in order, as a browser would give them out. */
  readonly events: readonly SentEvent[]
  /** Comment lines. */
  readonly comments: readonly string[]
  /** True once the server has ended the stream or cut it. */
  readonly isOver: boolean
  close(): void
}

/** Reads a stream of server-sent events over a connection of its own; resolves when its head is there. */
export async function openEvents(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventClient> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly [ClientRequest, IncomingMessage]>()
  const request = httpRequest(url, { agent: false, headers }, (response) => resolve([request, response]))
  request.on('error', reject)
  request.end()
  const [sent, response] = await promise
  const events: SentEvent[] = []
  const comments: string[] = []
  let isOver = false
  let rest = ''
  response.setEncoding('utf8')
  response.on('data', (text: string) => {
    const records = (rest + text).split('\n\n')
    rest = records.pop() ?? ''
    for (const record of records) {
      const fields = new Map(record.split('\n').map((line) => splitOnce(line)))
      const event = fields.get('event')
      if (event === undefined) comments.push(record)
      else events.push({ event, data: fields.get('data') ?? '' })
    }
  })
  response.on('error', () => undefined)
  response.on('close', () => {
    isOver = true
  })
  return {
    response,
    events,
    comments,
    get isOver() {
      return isOver
    },
    close: () => sent.destroy(),
  }
}

function splitOnce(line: string): readonly [string, string] {
  const at = line.indexOf(': ')
  return [line.slice(0, at), line.slice(at + 2)]
}

/** Waits until so many events of a name came, and answers their data. */
export async function eventsNamed(client: EventClient, name: string, count = 1): Promise<readonly unknown[]> {
  const named = (): readonly SentEvent[] => client.events.filter(({ event }) => event === name)
  await until(`${count} of ${name}`, () => named().length >= count)
  return named().map(({ data }) => JSON.parse(data))
}
