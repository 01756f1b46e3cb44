import { readFile, writeFile } from 'node:fs/promises'
import wabt from 'wabt'

/** Of the modules in src: their text, and the TypeScript that holds what it assembles to. */
export const ASSEMBLED = ['consensus/snappy/snappy-decode', 'network-worker/gossip/ids/nh-hash'] as const
export type Assembled = (typeof ASSEMBLED)[number]

const FEATURES = { simd: true, bulk_memory: true }

/** The file that a module's text makes, as it is to be in src. */
export async function assembledFile(name: Assembled): Promise<string> {
  const text = await readFile(fileOf(name, 'wat'), 'utf8')
  const module = (await wabt()).parseWat(`${name}.wat`, text, FEATURES)
  try {
    module.validate()
    const lines = Buffer.from(module.toBinary({}).buffer)
      .toString('base64')
      .match(/.{1,110}/g)
    return [
      `/** What ${name.replace(/.*\//, '')}.wat assembles to, in base64. Made by \`npm run assemble\`; a test fails when it is changed by hand. */`,
      'export const CODE = `',
      ...(lines ?? []),
      '`',
      '',
    ].join('\n')
  } finally {
    module.destroy()
  }
}

export async function writeAssembled(): Promise<void> {
  for (const name of ASSEMBLED) await writeFile(codeFileOf(name), await assembledFile(name))
}

export function codeFileOf(name: Assembled): URL {
  return fileOf(`${name}-code`, 'ts')
}

function fileOf(name: string, ending: string): URL {
  return new URL(`../../src/${name}.${ending}`, import.meta.url)
}
