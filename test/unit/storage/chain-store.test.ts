import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChainStore } from '../../../src/storage/chain-store.ts'
import { openDatabase } from '../../../src/storage/open-database.ts'
import { dataDir } from './data-dir.ts'

const CHAIN = { genesisValidatorsRootHex: 'ab'.repeat(32), network: 'devnet' }

test('none at first, then the one that was set, after a close too; a second one is refused', (t) => {
  const dir = dataDir(t)
  const first = openDatabase(dir)
  assert.equal(new ChainStore(first).get(), undefined)
  new ChainStore(first).set(CHAIN)
  assert.throws(() => new ChainStore(first).set({ ...CHAIN, network: 'other' }), /UNIQUE/)
  first.close()
  const second = openDatabase(dir)
  assert.deepEqual(new ChainStore(second).get(), CHAIN)
  second.close()
})
