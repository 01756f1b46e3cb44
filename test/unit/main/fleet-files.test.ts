/** What docs/operators/fleet.md gives an operator to use as it is. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { GOSSIP_KINDS } from '../../../src/consensus/topic-table.ts'
import { EXIT } from '../../../src/main/exit-code.ts'
import { LOOP_DELAY_NAME } from '../../../src/main/metrics/loop-delay-histogram.ts'
import { METRIC_ROWS } from '../../../src/main/metrics/metrics-page.ts'
import { LARGE_CLASSES, MESSAGE_CLASSES } from '../../../src/network-worker/gossip/message-class.ts'
import { DROP_REASONS } from '../../../src/network-worker/gossip/sending/peer-outbox.ts'
import { load, scratchDirectory } from '../config/load-with.ts'

interface Alert {
  readonly alert: string
  readonly expr: string
}

interface PrometheusFile {
  readonly global: { readonly evaluation_interval: string }
  readonly scrape_configs: readonly {
    readonly scrape_interval: string
    readonly authorization: Readonly<Record<string, string>>
  }[]
}

/** What a stop may take (docs/adr/0003), s. */
const STOP_SECONDS = 10
/** Metrics and the names of their labels. */
const METRICS: ReadonlyMap<string, readonly string[]> = new Map([
  ...METRIC_ROWS.map(({ name, labels }) => [name, labels] as const),
  [`${LOOP_DELAY_NAME}_bucket`, ['thread', 'le']],
])
/** Values that labels can have, of those whose list is in the source. */
const LABEL_VALUES: Readonly<Record<string, readonly string[]>> = {
  kind: GOSSIP_KINDS,
  class: MESSAGE_CLASSES,
  reason: DROP_REASONS,
  thread: ['main', 'network'],
  state: ['connecting', 'ready', 'syncing', 'away', 'mismatch'],
}

function text(name: string): string {
  return readFileSync(new URL(`../../../docs/operators/${name}`, import.meta.url), 'utf8')
}

/** What stands between the braces: one matcher or several, and nothing else. */
function matchersOf(matchers: string): readonly { readonly label: string; readonly values: readonly string[] }[] {
  if (matchers === '') return []
  return matchers.split(',').map((matcher) => {
    const [, label = '', values = ''] = /^\s*(\w+)=~?"([^"]+)"\s*$/.exec(matcher) ?? []
    assert.notEqual(label, '', matcher)
    return { label, values: values.split('|') }
  })
}

function alerts(): readonly Alert[] {
  return (parse(text('fleet/alerts.yaml')) as { groups: readonly { rules: readonly Alert[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  )
}

for (const { alert, expr } of alerts()) {
  test(`${alert} asks for metrics that there are, with labels that they have`, () => {
    const asked = [...expr.matchAll(/(starling_\w+)(?:\{([^}]*)\})?/g)]
    assert.ok(asked.length > 0)
    for (const [, name = '', matchers = ''] of asked) {
      const labels = METRICS.get(name)
      assert.ok(labels !== undefined, name)
      for (const { label, values } of matchersOf(matchers)) {
        assert.ok(labels.includes(label), `${name} has ${labels}`)
        for (const value of values) assert.ok(LABEL_VALUES[label]?.includes(value), value)
      }
    }
  })
}

test('dropped blocks wake somebody when they are our overload, whatever the reason, and not when a peer left', () => {
  const { expr = '' } = alerts().find(({ alert }) => alert === 'StarlingBlocksDropped') ?? {}
  const [, matchers = ''] = /\{([^}]*)\}/.exec(expr) ?? []
  assert.deepEqual(matchersOf(matchers), [
    { label: 'class', values: LARGE_CLASSES },
    { label: 'reason', values: DROP_REASONS.filter((reason) => reason !== 'stream_lost') },
  ])
})

test('the job that scrapes relays is often enough for the alerts, and carries the token', () => {
  const [, content = ''] = /```yaml\n# prometheus\.yml\n([^`]+)```/.exec(text('fleet.md')) ?? []
  const { global, scrape_configs } = parse(content) as PrometheusFile
  assert.equal(global.evaluation_interval, '5s')
  const [job] = scrape_configs
  assert.equal(job?.scrape_interval, '5s')
  assert.deepEqual(Object.keys(job?.authorization ?? {}), ['credentials_file'])
})

test('the page explains each alert of the file, and no other', () => {
  const explained = [...text('fleet.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  assert.deepEqual(
    explained,
    alerts().map(({ alert }) => alert),
  )
})

test('the service starts what ends by itself anew, but for a wrong configuration, and lets it stop in order', () => {
  const unit = text('fleet/starling@.service')
  const value = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1] ?? ''
  assert.equal(value('Restart'), 'always')
  assert.equal(value('RestartPreventExitStatus'), String(EXIT.badConfig))
  assert.ok(Number(value('TimeoutStopSec')) > STOP_SECONDS)
})

test('two relays of one host, started as the service does with the files of the page, share no port and no directory', () => {
  using scratch = scratchDirectory()
  const [, command = ''] = /^ExecStart=\S+ run (.*)$/m.exec(text('fleet/starling@.service')) ?? []
  const configs = [...text('fleet.md').matchAll(/```yaml\n# \/etc\/starling\/(\w+)\.yaml\n([^`]+)```/g)].map(
    ([, name = '', content = '']) => {
      const file = scratch.write(`${name}.yaml`, content)
      return load(command.replace('/etc/starling/%i.yaml', file).replaceAll('%i', name).split(' '))
    },
  )
  assert.equal(configs.length, 2)
  const own = configs.flatMap(({ port, quicPort, apiPort, dataDir }) => [port, quicPort, apiPort, dataDir])
  assert.equal(new Set(own).size, 8)
})
