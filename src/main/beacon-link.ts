/**
 * The operator's beacon node and the validators' keys, joined to the network worker. Everything here is in the
 * background: the worker asks for nothing and waits for nothing of it.
 */
import { BeaconApi } from '../beacon-node/beacon-api.ts'
import { BeaconNode, type BeaconNodeView } from '../beacon-node/beacon-node.ts'
import { ValidatorRegistry } from '../beacon-node/validator-registry.ts'
import type { RelayConfig } from '../config/schema.ts'
import type { Client } from '../rpc/client-type.ts'
import type { Control } from '../rpc/contract.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import type { Logger } from '../shared/logger.ts'
import { ValidatorKeys } from '../shared/validator-keys.ts'

/** What the API and the metrics show of the beacon node. */
export interface BeaconLinkView extends BeaconNodeView {
  /** Validators whose keys are known. */
  readonly validatorKeys: number
}

export interface BeaconLinkDeps {
  readonly config: Pick<RelayConfig, 'beaconNode' | 'validatorRegistry' | 'network' | 'genesisFile' | 'dataDir'>
  readonly control: Pick<Client<Control>, 'setChainFacts' | 'setValidatorKeys'>
  readonly log: Logger
  readonly clock?: Clock
}

export class BeaconLink {
  readonly #deps: BeaconLinkDeps
  readonly #keys = new ValidatorKeys()
  readonly #node: BeaconNode | undefined
  readonly #registry: ValidatorRegistry | undefined

  constructor(deps: BeaconLinkDeps) {
    this.#deps = deps
    const { config, control, log, clock = systemClock } = deps
    const { beaconNode, validatorRegistry, network, genesisFile, dataDir } = config
    const api = beaconNode === undefined ? undefined : new BeaconApi({ url: beaconNode, clock })
    if (api !== undefined) {
      const tell = control.setChainFacts
      this.#node = new BeaconNode({
        ...{ api, network, clock, log },
        tell: (facts) => tell({ source: 'beacon_node', ...facts }),
      })
    }
    if (!validatorRegistry && genesisFile === undefined) return
    this.#registry = new ValidatorRegistry({
      ...{ keys: this.#keys, network, dataDir, genesisFile, clock, log },
      api: validatorRegistry ? api : undefined,
      isReady: () => this.#node?.view().state === 'ready',
    })
  }

  /** Once the worker answers. @throws what kept it from taking the keys' memory */
  async start(): Promise<void> {
    this.#node?.start()
    if (this.#registry === undefined) return
    await this.#deps.control.setValidatorKeys(this.#keys.memory)
    this.#registry.start()
  }

  /** Cuts off what is asked; resolves when nothing is written any more. Safe before a start, and idempotent. */
  async stop(): Promise<void> {
    this.#node?.stop()
    await this.#registry?.stop()
  }

  /** Undefined without a beacon node. */
  view(): BeaconLinkView | undefined {
    const view = this.#node?.view()
    return view && { ...view, validatorKeys: this.#keys.count }
  }
}
