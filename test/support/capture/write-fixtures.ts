/** Writes what was captured as a folder that tests can read: a network directory with objects and a list of them. */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readGenesisKeys } from '../../../src/beacon-node/genesis-keys.ts'
import type { ForkName, NetworkConfig } from '../../../src/consensus/network-config.ts'
import { parseTopic } from '../../../src/consensus/topic.ts'
import { to0xHex } from '../../../src/shared/hex.ts'
import type { RealManifest, RealObjectRow } from '../real-objects.ts'
import type { Captured } from './choose-objects.ts'

const PUBKEY_BYTES = 48
/** What of a network directory is kept: genesis.ssz has megabytes, of which the keys are the rest that counts. */
const NETWORK_FILES = ['config.yaml', 'genesis_time.txt', 'genesis_validators_root.txt'] as const

export interface CapturedNetwork {
  readonly directory: string
  readonly network: NetworkConfig
  readonly fork: ForkName
  /** What the network's nodes are; what they call themselves need not have a version. */
  readonly client: string
}

/** Replaces `out`. */
export async function writeFixtures(out: string, from: CapturedNetwork, objects: readonly Captured[]): Promise<void> {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  for (const file of NETWORK_FILES) copyFileSync(join(from.directory, file), join(out, file))
  writeFileSync(join(out, 'validators.txt'), await validators(from))
  const rows = objects.map((object): RealObjectRow => {
    const { topic, slot, receivedAtMs, compressed } = object
    const name = parseTopic(topic)?.name ?? ''
    const file = `${[name, slot].filter((part) => part !== undefined).join('-')}.ssz_snappy`
    return { file: freeName(out, file, compressed), topic, ...(slot === undefined ? {} : { slot }), receivedAtMs }
  })
  const manifest: RealManifest = { fork: from.fork, client: from.client, objects: rows }
  writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Writes under `file`, or under a name with a number when there is one of that name; returns the name. */
function freeName(out: string, file: string, bytes: Uint8Array): string {
  for (let copy = 1; ; copy++) {
    const name = copy === 1 ? file : file.replace('.', `-${copy}.`)
    try {
      writeFileSync(join(out, name), bytes, { flag: 'wx' })
      return name
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/** One key a line, in order of index. */
async function validators({ directory, network }: CapturedNetwork): Promise<string> {
  const lines: string[] = []
  for await (const keys of readGenesisKeys(join(directory, 'genesis.ssz'), network)) {
    for (let at = 0; at < keys.length; at += PUBKEY_BYTES) lines.push(to0xHex(keys.subarray(at, at + PUBKEY_BYTES)))
  }
  return `${lines.join('\n')}\n`
}
