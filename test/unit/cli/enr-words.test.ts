import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeEnr } from '../../../src/cli/describe-enr.ts'
import { enrWords } from '../../../src/cli/enr-words.ts'
import { knownForks } from '../../../src/cli/known-forks.ts'
import { mainnet } from '../../../src/consensus/networks/mainnet.ts'
import { bytes, signedRecord, text } from './records.ts'

/** The lines after those that name the node, by their label. */
function wordsOf(fields: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> {
  const lines = enrWords(describeEnr(signedRecord(fields), knownForks(mainnet)))
    .trimEnd()
    .split('\n')
  return new Map(lines.map((line) => [line.slice(0, 14).trim(), line.slice(14)]))
}

test('a record that says nothing says so', () => {
  const words = wordsOf({})
  assert.deepEqual([...words.keys()].slice(0, 4), ['record', 'peer id', 'node id', 'sequence'])
  assert.deepEqual([...words].slice(4), [
    ['ip', 'none'],
    ['ports', 'none'],
    ['libp2p', 'none'],
    ['discv5', 'none'],
    ['fork', 'not said: no node of the consensus layer'],
    ['next fork', 'not said'],
    ['attnets', 'not said'],
    ['syncnets', 'not said'],
    ['custody', 'not said'],
    ['client', 'not said'],
  ])
})

test('forks by the name of their network, subnets by number, clients by theirs', () => {
  const words = wordsOf({
    eth2: bytes('8c9f62fe09000000d0a2070000000000'),
    nfd: bytes('01020304'),
    attnets: bytes('ffffffffffffffff'),
    syncnets: bytes('00'),
    cgc: bytes('80'),
    client: [text('Cliënt'), text('v1\u001b[2J'), text('x86')],
    odd: bytes('cafe'),
    tcp: bytes('00'),
  })
  assert.equal(words.get('fork'), '0x8c9f62fe: mainnet, fulu from epoch 419072, at most 21 blobs a block')
  assert.equal(
    words.get('next fork'),
    'version 0x09000000 from epoch 500432, in no schedule known here; digest 0x01020304',
  )
  assert.deepEqual([words.get('attnets'), words.get('syncnets')], ['all 64', 'none'])
  assert.equal(words.get('custody'), '128 groups; columns: all 128')
  assert.equal(words.get('client'), 'Cli\\u{eb}nt v1\\u{1b}[2J x86')
  assert.deepEqual([words.get('odd'), words.get('tcp')], ['0xcafe', 'malformed: 0x00'])
})
