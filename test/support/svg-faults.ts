/** A check of generated SVG that needs no parser of all of XML: tags that match, attributes and text that are escaped. */

const TOKEN = /<(?<closing>\/?)(?<name>[a-z]+)(?<attributes>(?:\s[\w:-]+="[^"<]*")*)\s*(?<empty>\/?)>|(?<text>[^<]+)|</g
const BARE_AMPERSAND = /&(?!#\d+;)/
const NO_NUMBER = /NaN|Infinity|undefined/

interface Token {
  readonly closing?: string
  readonly name?: string
  readonly attributes?: string
  readonly empty?: string
  readonly text?: string
}

function faultOfToken({ name, attributes = '', text }: Token): readonly string[] {
  if (name === undefined && text === undefined) return ['a < that begins no tag']
  return [
    ...(BARE_AMPERSAND.test(attributes + (text ?? '')) ? [`a bare & in ${name ?? 'text'} ${text ?? attributes}`] : []),
    ...(NO_NUMBER.test(attributes) ? [`no number in ${name} ${attributes}`] : []),
  ]
}

/** What is wrong with the nesting of the tags. */
function faultsOfNesting(tags: readonly Token[]): readonly string[] {
  const open: string[] = []
  const faults: string[] = []
  for (const { closing, name = '', empty } of tags) {
    if (closing === '/') {
      if (open.pop() !== name) faults.push(`</${name}> closes nothing`)
    } else if (empty === '') open.push(name)
  }
  return open.length === 0 ? faults : [...faults, `not closed: ${open.join(' ')}`]
}

/** What is wrong with the document, nothing when it is well formed and free of NaN and the like in its attributes. */
export function svgFaults(svg: string): readonly string[] {
  const tokens = [...svg.matchAll(TOKEN)].map(({ groups }): Token => groups ?? {})
  return [...tokens.flatMap(faultOfToken), ...faultsOfNesting(tokens.filter(({ name }) => name !== undefined))]
}
