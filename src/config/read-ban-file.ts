import type { PeerIdStr } from '../shared/ids.ts'
import { MAX_BANNED_PEERS } from '../shared/limits.ts'
import { isPeerIdForm } from '../shared/peer-id-form.ts'
import { readTextFile } from './read-text-file.ts'
import { quote } from './value-types.ts'

/** Every id that may be banned, with a comment of some length on each. */
const MAX_BAN_FILE_BYTES = 4_194_304
/** Bad lines that are named; with more of them the file is something else. */
const MAX_NAMED_LINES = 10

export type BanFile =
  | { readonly ok: true; readonly peerIds: readonly PeerIdStr[] }
  | { readonly ok: false; readonly reasons: readonly string[] }

function entryOf(line: string): string {
  return line.replace(/#.*/, '').trim()
}

/**
 * The peer ids in the text of a ban file, each once: one a line; blank lines and what follows a `#` do not count. Or
 * one reason a bad line, with its number, at most ten.
 */
export function parseBanFile(text: string): BanFile {
  const peerIds = new Set<PeerIdStr>()
  const reasons: string[] = []
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const entry = entryOf(line)
    if (entry === '') continue
    if (isPeerIdForm(entry)) peerIds.add(entry)
    else reasons.push(`line ${index + 1}: ${quote(entry)} is not a peer id`)
  }
  if (peerIds.size > MAX_BANNED_PEERS) reasons.push(`has ${peerIds.size} peer ids; at most ${MAX_BANNED_PEERS}`)
  if (reasons.length === 0) return { ok: true, peerIds: [...peerIds] }
  const unnamed = reasons.length - MAX_NAMED_LINES
  const rest = unnamed > 0 ? [`and ${unnamed} more like these`] : []
  return { ok: false, reasons: [...reasons.slice(0, MAX_NAMED_LINES), ...rest] }
}

/** Reads the ban file at `path` as {@link parseBanFile} does; reasons do not repeat the path. */
export function readBanFile(path: string): BanFile {
  const file = readTextFile(path, MAX_BAN_FILE_BYTES)
  return file.ok ? parseBanFile(file.text) : { ok: false, reasons: [file.reason] }
}
