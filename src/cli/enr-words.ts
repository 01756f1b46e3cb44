import { NUMBER_OF_COLUMNS } from '../consensus/custody.ts'
import { ATTESTATION_SUBNET_COUNT, SYNC_COMMITTEE_SUBNET_COUNT } from '../consensus/topic-table.ts'
import type { EnrDescription, ForkPlace, NextFork } from './describe-enr.ts'

/** Column of what is said. */
const INDENT = 14
const NONE = 'none'
const MISSING = 'not said'

type Line = readonly [label: string, ...text: readonly string[]]

/** A description in words, a field a line; a terminal can show every character of it. Ends with a newline. */
export function enrWords(record: EnrDescription): string {
  const lines: readonly Line[] = [
    ['record', record.enr],
    ['peer id', record.peer_id],
    ['node id', record.node_id],
    ['sequence', record.seq],
    ['ip', ...listed([record.ip, record.ip6].filter((ip) => ip !== null))],
    ['ports', portWords(record.ports)],
    ['libp2p', ...listed(record.p2p_addresses)],
    ['discv5', ...listed(record.discovery_addresses)],
    ['fork', forkWords(record)],
    ['next fork', nextForkWords(record)],
    ['attnets', numbers(record.attnets, ATTESTATION_SUBNET_COUNT)],
    ['syncnets', numbers(record.syncnets, SYNC_COMMITTEE_SUBNET_COUNT)],
    ['custody', custodyWords(record)],
    ['client', clientWords(record)],
    ...Object.entries(record.malformed).map(([key, hex]): Line => [plain(key), `malformed: ${hex}`]),
    ...Object.entries(record.other).map(([key, hex]): Line => [plain(key), hex]),
  ]
  return lines.map(lineText).join('')
}

function lineText([label, ...text]: Line): string {
  const head = label.length < INDENT ? label.padEnd(INDENT) : `${label} `
  return text.map((part, index) => `${index === 0 ? head : ' '.repeat(INDENT)}${part}\n`).join('')
}

function listed(items: readonly string[]): readonly string[] {
  return items.length === 0 ? [NONE] : items
}

function portWords(ports: EnrDescription['ports']): string {
  const given = Object.entries(ports).flatMap(([name, port]) => (port === null ? [] : [`${name} ${port}`]))
  return given.length === 0 ? NONE : given.join(', ')
}

function placeWords({ network, fork, epoch, max_blobs_per_block: blobs }: ForkPlace): string {
  const sized = blobs === 0 ? '' : `, at most ${blobs} blobs a block`
  return `${network}, ${fork} from epoch ${epoch}${sized}`
}

function forkWords({ fork_digest: digest, known_as: known }: EnrDescription): string {
  if (digest === null) return `${MISSING}: no node of the consensus layer`
  return `${digest}: ${known === null ? 'of no network known here' : placeWords(known)}`
}

function nextForkWords({ fork_digest: digest, next_fork: next, next_fork_digest: nfd }: EnrDescription): string {
  if (digest === null) return MISSING
  if (next === null) return 'none scheduled'
  return `${nextWords(next)}${nfd === null ? '' : `; digest ${nfd}`}`
}

function nextWords({ version, epoch, known_as: known }: NextFork): string {
  if (known !== null) return placeWords(known)
  return `version ${version} from epoch ${epoch}, in no schedule known here`
}

function numbers(values: readonly number[] | null, all: number): string {
  if (values === null) return MISSING
  if (values.length === 0) return NONE
  return values.length === all ? `all ${all}` : values.join(', ')
}

function custodyWords({ custody_group_count: count, custody_columns: columns }: EnrDescription): string {
  if (count === null) return MISSING
  return `${count} ${count === 1 ? 'group' : 'groups'}; columns: ${numbers(columns, NUMBER_OF_COLUMNS)}`
}

function clientWords({ client }: EnrDescription): string {
  if (client === null) return MISSING
  const { name, version, build } = client
  return [name, version, ...(build === null ? [] : [build])].map(plain).join(' ')
}

/** What a stranger wrote, harmless to a terminal: whatever is not printable ASCII is escaped. */
function plain(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}
