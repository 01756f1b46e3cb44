import { basename } from 'node:path'
import { isMap, isScalar, isSeq, type Node, type ParsedNode, parseDocument, type YAMLMap } from 'yaml'
import { suggestion } from './closest-name.ts'
import type { ConfigProblem } from './config-error.ts'
import { addToLayer, type Layer } from './layer.ts'
import { readTextFile } from './read-text-file.ts'
import { type NamedSetting, settingsFrom } from './setting-names.ts'
import { printable, quote } from './value-types.ts'

/** Far above a file that names every setting with long peer lists. */
const MAX_FILE_BYTES = 1 << 20

type Entries = YAMLMap.Parsed['items']

/** First line of a YAML error: the ones after it draw the place. */
function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.replace(/:$/, '') ?? ''
}

function scalarText(node: Node | null): string | undefined {
  return isScalar(node) ? String(node.value) : undefined
}

/** The texts of a value: one for a scalar, some for a list; undefined for anything else. */
function valueTexts(node: ParsedNode | null): string[] | undefined {
  if (!isSeq(node)) {
    const text = scalarText(node)
    return text === undefined ? undefined : [text]
  }
  const texts = node.items.map((item) => scalarText(item))
  return texts.every((text) => text !== undefined) ? texts : undefined
}

/** What is wrong with the outline of a value, if anything. Its content is the schema's business. */
function outlineProblem({ setting }: NamedSetting, node: ParsedNode | null): string | undefined {
  if (scalarText(node) === '') return 'has no value'
  if (valueTexts(node) === undefined) {
    return setting.meta.kind === 'list' ? 'must be a value or a list of values' : 'must be a single value'
  }
  if (isSeq(node) && setting.meta.kind !== 'list') return 'must be a single value, not a list'
  return undefined
}

/** The file's entries, or none when it cannot be read, is not YAML, or is no map. */
function parseEntries(path: string, source: string, problems: ConfigProblem[]): Entries {
  const text = readTextFile(path, MAX_FILE_BYTES)
  if (!text.ok) {
    problems.push({ source, message: `${quote(path)}: ${text.reason}` })
    return []
  }
  const { contents, errors, warnings } = parseDocument(text.text, { schema: 'failsafe', logLevel: 'silent' })
  const faults = [...errors, ...warnings].map(({ message }) => firstLine(message))
  if (faults.length === 0 && contents !== null && !isMap(contents)) faults.push('must hold `flag-name: value` lines')
  problems.push(...faults.map((message) => ({ source: basename(path), message })))
  return faults.length === 0 && isMap(contents) ? contents.items : []
}

/**
 * Reads a YAML file of `flag-name: value` lines. YAML's failsafe schema leaves every scalar as the text it is, so that
 * a root of hex digits is not taken for a number and settings alone decide about types.
 * @param path absolute
 * @param source what named the file, for problems with the file as a whole
 * @param problems receives an unreadable file, syntax errors, unknown keys and values of the wrong outline
 */
export function readConfigFile(path: string, source: string, problems: ConfigProblem[]): Layer {
  const layer: Layer = new Map()
  const known = settingsFrom('file')
  for (const { key, value } of parseEntries(path, source, problems)) {
    const name = scalarText(key) ?? ''
    const named = known.get(name)
    const place = `${printable(name) || 'a key'} in ${basename(path)}`
    const message = named ? outlineProblem(named, value) : `unknown key${suggestion(name, known.keys())}`
    if (message !== undefined) problems.push({ source: place, message })
    else if (named) addToLayer(layer, named, place, valueTexts(value) ?? [], problems)
  }
  return layer
}
