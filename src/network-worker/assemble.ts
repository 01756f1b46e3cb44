/**
 * Builds the parts of the network thread and joins them; nothing of it runs yet. What each part needs of the others is
 * said in `assembly/` and nowhere else. Parts that need each other do so by functions, called once both are there.
 */
import { ThreadLoad } from '../shared/thread-load.ts'
import { layGround } from './assembly/ground.ts'
import { openNetwork } from './assembly/network.ts'
import type { Later, NetworkNodeDeps, Parts } from './assembly/parts.ts'
import { openSociety } from './assembly/society.ts'

/** @throws RelayError CONFIG_INVALID for an unusable identity */
export async function assemble(deps: NetworkNodeDeps): Promise<Parts> {
  let whole: Parts | undefined
  const later: Later = () => {
    if (whole === undefined) throw new Error('a part of the network thread was needed before it was built')
    return whole
  }
  const ground = await layGround(deps, later)
  const network = await openNetwork(deps, ground, later)
  const society = openSociety(deps, { ...ground, ...network }, later)
  whole = { ...ground, ...network, ...society, load: new ThreadLoad() }
  return whole
}
