/** `npm run bench -- report`: docs/performance.md and its drawings from the results. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BARS } from './bars.ts'
import { barLine } from './bars-section.ts'
import { type Page, performancePage } from './page.ts'
import { chooseResults, readResultFiles } from './results.ts'

const RESULTS_DIR = fileURLToPath(new URL('../results/', import.meta.url))
const DOCS_DIR = fileURLToPath(new URL('../../docs/', import.meta.url))
const DRAWINGS_DIR = join(DOCS_DIR, 'performance')

function write({ markdown, drawings }: Page): void {
  mkdirSync(DRAWINGS_DIR, { recursive: true })
  for (const old of readdirSync(DRAWINGS_DIR)) if (!drawings.has(old)) rmSync(join(DRAWINGS_DIR, old))
  for (const [file, svg] of drawings) writeFileSync(join(DRAWINGS_DIR, file), svg)
  writeFileSync(join(DOCS_DIR, 'performance.md'), markdown)
}

/** Writes the page and says which bars are met. @throws Error when results cannot be read */
export async function runReport(args: string[]): Promise<void> {
  parseArgs({ args, options: {} })
  const results = chooseResults(readResultFiles(RESULTS_DIR))
  const page = performancePage(results)
  write(page)
  for (const bar of BARS) process.stdout.write(`${barLine(bar, results)}\n`)
  process.stdout.write(`written to docs/performance.md with ${page.drawings.size} drawings\n`)
}
