import { type Hasher, setHasher } from '@chainsafe/persistent-merkle-tree'
import type { HasherName } from './job-table.ts'

type LoadHasher = () => Promise<{ readonly hasher: Hasher }>

const loadNative: LoadHasher = () => import('@chainsafe/persistent-merkle-tree/hasher/hashtree')
const loadWasm: LoadHasher = () => import('@chainsafe/persistent-merkle-tree/hasher/as-sha256')

/**
 * Sets the hasher of all SSZ on this thread, before the types are loaded, and answers which. Native code takes a fifth
 * of the default's time, WebAssembly half of it: that is for platforms without a prebuilt binary.
 */
export async function chooseHasher(native: LoadHasher = loadNative): Promise<HasherName> {
  try {
    setHasher((await native()).hasher)
    return 'hashtree'
  } catch {
    setHasher((await loadWasm()).hasher)
    return 'as-sha256'
  }
}
