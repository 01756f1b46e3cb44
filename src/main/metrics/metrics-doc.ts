import { LOOP_DELAY_HELP, LOOP_DELAY_NAME } from './loop-delay-histogram.ts'
import { METRIC_ROWS } from './metrics-page.ts'

const HEAD = `# Metrics

<!-- Written by src/main/metrics/metrics-doc.ts from the tables beside it; a test compares. Do not edit by hand. -->

\`GET /metrics\` answers Prometheus' text format, version 0.0.4: on the API, or with \`--metrics-port\` on a port of its own
in its place, which serves nothing else. Off with \`--no-metrics\`. On loopback it is open; with \`--api-token-file\`, which
any other address needs, a scraper has to carry the token (\`authorization: {credentials_file: …}\`).

- Names are \`starling_<room>_<thing>_<unit>\`, those of counters end in \`_total\`. Every label value is a word of a closed list
  of ours: nothing that a peer says becomes a label, and there is none for a single peer, topic or subnet.
- All numbers of a page are of one moment; scrapes within 500 ms may share one. Counters begin at zero with the process.
- What the discovery thread counts begins at zero whenever that thread is started anew, as Prometheus expects of counters.
- While the network thread does not answer, \`starling_process_network_answering_state\` is 0 and its numbers are missing.
- Gossipsub's own instruments are not used: the relay reads and forwards messages past them, so that they would miss most
  of the traffic. What they are for is counted in its own router: control messages, whole streams, promises, caches.
- A scrape takes the network thread 2 to 3 ms with 200 peers in 70 topics, most of it for scores that have expired.
- A series of a reason appears with the first event that has it; those of dropped messages are there from the start.

## The clock

\`starling_chain_clock_offset_bound_milliseconds\` is what blocks prove. One that comes before its slot begins shows that our
clock is slow, by at least as much; since anyone can send a block too early, it takes three senders of different networks
in 15 minutes, and the least of their three best is shown. Past 100 ms a warning is logged, once an hour at most. It is a
bound and no measurement: blocks take a second or more to come, so that a clock a little slow is not seen, and one that
is fast cannot be told from a slow network. 0 does not mean that the clock is right. The kernel's own figure
(adjtimex) cannot be read from this runtime: watch it where it is, as with \`node_timex_offset_seconds\` of node_exporter
or \`chronyc tracking\`.
`

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/** The page docs/operators/metrics.md. */
export function metricsDoc(): string {
  const histogram = { name: LOOP_DELAY_NAME, type: 'histogram', labels: ['thread'], help: LOOP_DELAY_HELP }
  const lines = [...METRIC_ROWS, histogram]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, labels, help }) => {
      const names = labels.map((label) => `\`${label}\``).join(', ')
      return `| \`${name}\` | ${type} | ${names || '–'} | ${cell(help)} |`
    })
  return `${HEAD}
## All of them

| name | type | labels | meaning |
|---|---|---|---|
${lines.join('\n')}
`
}
