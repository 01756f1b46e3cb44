import { SETTING_GROUPS } from './setting-meta.ts'
import { SETTINGS, type Setting } from './setting-names.ts'
import { defaultText, flagSyntax } from './setting-text.ts'

/** Column of the descriptions: right of all but the longest flags. */
const INDENT = 30
/** Fits a terminal of 100 columns. */
const WIDTH = 98

/** Breaks a sentence at blanks into lines of at most `width` characters; a longer word gets a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function settingLines(setting: Setting): string[] {
  const { description, kind } = setting.meta
  const fallback = defaultText(setting)
  const notes = [kind === 'list' ? 'repeatable' : '', fallback === undefined ? '' : `default: ${fallback}`]
  const noted = notes.filter((note) => note !== '').join('; ')
  const lines = wrap(noted === '' ? description : `${description} (${noted})`, WIDTH - INDENT)
  const flag = `  ${flagSyntax(setting)}`
  const indented = lines.map((line) => ' '.repeat(INDENT) + line)
  if (flag.length > INDENT - 2) return [flag, ...indented]
  return [flag.padEnd(INDENT) + (lines[0] ?? ''), ...indented.slice(1)]
}

/** The text of `--help`, every flag by group with its default. Ends with a newline. */
export function usageText(): string {
  const groups = SETTING_GROUPS.map((group) => {
    const settings = SETTINGS.filter(({ meta }) => meta.group === group)
    return [`${group}:`, ...settings.flatMap(settingLines)].join('\n')
  })
  const head = [
    'Usage: starling [run] [flags]              run the relay',
    '       starling demo [flags]               run the relay among a small swarm of peers on loopback',
    '       starling validate-config [flags]    check the settings and end',
    '       starling enr [ENR|-] [--json]       explain a node record (-: from stdin; none: our own)',
    '       starling keygen [flags]             make the node key of --data-dir, print its peer id',
    '',
    'Each flag is also a variable STARLING_FLAG_NAME and a key of the --config file. A flag beats the',
    'environment, which beats the file, which beats the default. Lists may be split by commas.',
  ]
  return `${[head.join('\n'), ...groups].join('\n\n')}\n`
}
