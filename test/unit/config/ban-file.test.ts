import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseBanFile } from '../../../src/config/read-ban-file.ts'
import { MAX_BANNED_PEERS } from '../../../src/shared/limits.ts'
import { numberedPeerId } from './base58-text.ts'
import { load, problemLines, scratchDirectory } from './load-with.ts'

const A = '16Uiu2HAmJB7R91zvvnx5P29vfuqpWUvjnCTKhrV4r8YgCpx1N56S'
const B = '16Uiu2HAm4MqAN66Ey9CqUbSpSTCsEKHkYJH1h7oYrg8XDGXTMskH'
const C = '12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA'

test('one id a line, each once; comments, blanks, CRLF and a byte order mark do not count', () => {
  using scratch = scratchDirectory()
  scratch.write('bans.txt', `\uFEFF# the worst\r\n\r\n${A}\r\n  ${B} # seen on Monday\n#${C}\n\n${A}\n${C}`)
  const config = load(['--ban-peers-file', 'bans.txt'], { cwd: scratch.path })
  assert.deepEqual(config.bannedPeers, [A, B, C])
  assert.equal(config.banPeersFile, join(scratch.path, 'bans.txt'))
})

test('no file, an empty one, and one of comments ban nobody', () => {
  using scratch = scratchDirectory()
  assert.deepEqual(load([]).bannedPeers, [])
  for (const text of ['', '\n\n', '# nobody yet']) {
    assert.deepEqual(load(['--ban-peers-file', scratch.write('bans.txt', text)]).bannedPeers, [])
  }
})

test('every bad line is named by its number', () => {
  using scratch = scratchDirectory()
  scratch.write('bans.txt', `# head\r\n${A}\r\n${A}x\r\n\r\n${A} ${B}\r\nnobody`)
  assert.deepEqual(problemLines(['--ban-peers-file=bans.txt'], { cwd: scratch.path }), [
    `--ban-peers-file: "bans.txt": line 3: "${A}x" is not a peer id`,
    `--ban-peers-file: "bans.txt": line 5: "${A} ${B.slice(0, 80 - A.length - 1)}…" is not a peer id`,
    '--ban-peers-file: "bans.txt": line 6: "nobody" is not a peer id',
  ])
})

test('of many bad lines ten are named', () => {
  const parsed = parseBanFile('x\n'.repeat(1000))
  assert.ok(!parsed.ok)
  assert.equal(parsed.reasons.length, 11)
  assert.equal(parsed.reasons[9], 'line 10: "x" is not a peer id')
  assert.equal(parsed.reasons[10], 'and 990 more like these')
})

test('as many ids as can be banned, and one more', () => {
  const lines = Array.from({ length: MAX_BANNED_PEERS }, (_, index) => numberedPeerId(index))
  assert.deepEqual(parseBanFile(lines.join('\n')), { ok: true, peerIds: lines })
  assert.deepEqual(parseBanFile([...lines, ...lines, A].join('\n')), {
    ok: false,
    reasons: [`has ${MAX_BANNED_PEERS + 1} peer ids; at most ${MAX_BANNED_PEERS}`],
  })
})

test('a file that cannot be read is a problem of the flag', () => {
  using scratch = scratchDirectory()
  const input = { cwd: scratch.path }
  assert.deepEqual(problemLines(['--ban-peers-file=absent'], input), ['--ban-peers-file: "absent": no such file'])
  assert.deepEqual(problemLines(['--ban-peers-file=.'], input), ['--ban-peers-file: ".": not a regular file'])
})

test('any text gives known ids or reasons', () => {
  const line = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom(A, B, C, `${A}#`, `\t${B}`, '#'))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), (lines, end) => {
      const parsed = parseBanFile(lines.join(end))
      if (parsed.ok) assert.ok(parsed.peerIds.every((id) => [A, B, C].includes(id)))
      else assert.ok(parsed.reasons.length > 0 && parsed.reasons.every((reason) => reason.startsWith('line ')))
    }),
  )
})
