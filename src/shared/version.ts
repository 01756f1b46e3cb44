import { readFileSync } from 'node:fs'

/** package.json stands two folders above this file both in the source tree and in the built package. */
function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const version = (manifest as { version?: unknown }).version
  return typeof version === 'string' ? version : '0.0.0'
}

/** The release, as package.json names it. */
export const VERSION = packageVersion()

/** What identify tells peers. */
export const AGENT_VERSION = `starling/${VERSION}`
