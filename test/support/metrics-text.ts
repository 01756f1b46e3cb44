/** A strict reader of Prometheus' text format 0.0.4: what it does not know, or finds out of order, is an error. */
export interface Series {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly series: readonly Series[]
}

const HELP = /^# HELP ([a-z_]+) (\S.*)$/
const TYPE = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/
const SERIES = /^([a-z_]+)(?:\{(.+)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/
const LABEL = /^([a-z_]+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  histogram: ['_bucket', '_sum', '_count'],
}

/** @throws Error with the line that is wrong, or that comes twice */
export function parseMetrics(text: string): readonly Family[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const page = new Page()
  for (const line of text.split('\n')) if (line !== '') page.take(line)
  return page.families
}

class Page {
  readonly families: (Omit<Family, 'series'> & { readonly series: Series[] })[] = []
  readonly #seen = new Set<string>()
  #help: RegExpExecArray | null = null

  take(line: string): void {
    const type = TYPE.exec(line)
    if (type !== null) this.#takeType(line, type)
    else if (HELP.test(line)) this.#help = HELP.exec(line)
    else this.#takeSeries(line)
  }

  #takeType(line: string, [, name = '', type = '']: RegExpExecArray): void {
    if (this.#help?.[1] !== name) fail('a type without its help', line)
    if (this.families.some((family) => family.name === name)) fail('a family twice', line)
    this.families.push({ name, type, help: this.#help?.[2] ?? '', series: [] })
  }

  #takeSeries(line: string): void {
    const [, name = '', labelText = '', value] = SERIES.exec(line) ?? fail('no line of the format', line)
    const family = this.families.at(-1) ?? fail('a series without a type', line)
    if (!SUFFIXES[family.type]?.some((suffix) => name === family.name + suffix)) fail('of another family', line)
    const labels = parseLabels(labelText, line)
    const key = `${name}${JSON.stringify(Object.entries(labels).sort())}`
    if (this.#seen.has(key)) fail('a series twice', line)
    this.#seen.add(key)
    family.series.push({ name, labels, value: Number(value) })
  }
}

function fail(why: string, line: string): never {
  throw new Error(`${why}: ${JSON.stringify(line)}`)
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  let rest = text
  while (rest !== '') {
    const [all, name = '', value = ''] = LABEL.exec(rest) ?? fail('no label', line)
    if (Object.hasOwn(labels, name)) fail('a label twice', line)
    labels[name] = value
    rest = rest.slice(all.length)
  }
  return labels
}

/** The value of the one series of this name with these labels; undefined when there is none. */
export function seriesValue(
  families: readonly Family[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels)
  return families
    .flatMap((family) => family.series)
    .find((one) => one.name === name && wanted.every(([label, value]) => one.labels[label] === value))?.value
}
