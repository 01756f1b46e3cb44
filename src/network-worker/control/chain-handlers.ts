/** What main tells of the chain: the part of `Control` that only listens. */
import type { Control } from '../../rpc/contract.ts'
import type { Handlers } from '../../rpc/server.ts'
import { RelayError } from '../../shared/errors.ts'
import type { Chain } from '../chain/chain.ts'

export function chainHandlers({
  truth,
  keys,
}: Pick<Chain, 'truth' | 'keys'>): Pick<Handlers<Control>, 'setChainFacts' | 'setValidatorKeys'> {
  return {
    setChainFacts: ({ toldFinalized, head, duties }) => {
      if (toldFinalized !== undefined && head !== undefined) truth.believe({ finalized: toldFinalized, head })
      if (duties === undefined) return
      try {
        keys.useDuties(duties)
      } catch (cause) {
        throw new RelayError('BAD_REQUEST', 'a proposer duty without a public key', {}, { cause })
      }
    },
    setValidatorKeys: (memory) => keys.useRegistry(memory),
  }
}
