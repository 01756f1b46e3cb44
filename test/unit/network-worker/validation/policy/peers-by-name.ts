import type { PeerSources } from '../../../../../src/network-worker/validation/policy/corroboration-book.ts'

/** Peers whose names say what they are: `a:x` is in the network a and runs x; those of the operator are `own`. */
export const PEERS: PeerSources = {
  bypasses: (peerId) => peerId === 'own',
  ageMs: () => 0,
  sourceOf: (peerId) => {
    const [network = '', agent = ''] = peerId.split(':')
    return { network, agent }
  },
}
