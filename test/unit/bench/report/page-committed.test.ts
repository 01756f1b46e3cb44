import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { performancePage } from '../../../../bench/report/page.ts'
import { chooseResults, readResultFiles } from '../../../../bench/report/results.ts'
import { svgFaults } from '../../../support/svg-faults.ts'

const ROOT = join(import.meta.dirname, '../../../..')
const DRAWINGS = join(ROOT, 'docs/performance')
const RESULTS = 'bench/results'
const REMEDY = 'run `npm run bench -- report` and commit what it writes'

/** What git knows, so that a trial that was never added does not fail the test; all files outside a repository. */
function committedResults(): ReturnType<typeof readResultFiles> {
  const all = readResultFiles(join(ROOT, RESULTS))
  const { status, stdout } = spawnSync('git', ['ls-files', '--', RESULTS], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0 || stdout === '') return all
  const known = new Set(stdout.trim().split('\n'))
  return Object.fromEntries(Object.entries(all).filter(([name]) => known.has(`${RESULTS}/${name}`)))
}

describe('docs/performance.md', () => {
  const results = chooseResults(committedResults())
  const { markdown, drawings } = performancePage(results)

  it('is what the report makes of the committed results', () => {
    assert.equal(readFileSync(join(ROOT, 'docs/performance.md'), 'utf8'), markdown, REMEDY)
  })

  it('has exactly the drawings that the report makes', () => {
    assert.deepEqual(readdirSync(DRAWINGS).sort(), [...drawings.keys()].sort(), REMEDY)
    for (const [file, svg] of drawings)
      assert.equal(readFileSync(join(DRAWINGS, file), 'utf8'), svg, `${file}: ${REMEDY}`)
  })

  it('shows each drawing once, and all are well formed', () => {
    const shown = [...markdown.matchAll(/^!\[[^\]]+\]\(performance\/([^)]+)\)$/gm)].map(([, file]) => file)
    assert.deepEqual(shown.sort(), [...drawings.keys()].sort())
    for (const [file, svg] of drawings) assert.deepEqual(svgFaults(svg), [], file)
  })

  it('names every results file there is', () => {
    const { runs, levels, switches, idle, unread } = results
    const files = [...[...runs, ...levels, ...switches, ...idle].map(({ file }) => file), ...unread]
    assert.ok(files.length > 0)
    for (const file of files) assert.ok(markdown.includes(file), file)
  })
})
