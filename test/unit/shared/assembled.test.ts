import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { ASSEMBLED, assembledFile, codeFileOf } from '../../support/assemble.ts'

for (const name of ASSEMBLED) {
  test(`the code of ${name} is what its text says: npm run assemble`, async () => {
    assert.equal(await readFile(codeFileOf(name), 'utf8'), await assembledFile(name))
  })
}
