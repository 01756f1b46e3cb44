/** Rules between settings: each is fine alone and wrong beside another. */
import type { SettingName, Settings } from './schema.ts'
import { isLoopbackHost } from './value-types.ts'

export interface Conflict {
  /** The setting that the message is about. */
  readonly name: SettingName
  readonly message: string
}

/** What a rule sees: the settings that are valid by themselves, and where each was written. */
export interface CrossCheckInput {
  readonly settings: Partial<Settings>
  /** True when a source gave the setting, valid or not. */
  readonly isGiven: (name: SettingName) => boolean
  /** What to call the setting in a message. */
  readonly sourceOf: (name: SettingName) => string
}

type Rule = (input: CrossCheckInput) => Conflict | undefined

const oneNetwork: Rule = ({ isGiven, sourceOf }) => {
  if (!isGiven('network') || !isGiven('networkDir')) return undefined
  return { name: 'networkDir', message: `cannot be combined with ${sourceOf('network')}` }
}

const someTransport: Rule = ({ settings, sourceOf }) => {
  if (settings.tcp !== false || settings.quic !== false) return undefined
  return { name: 'tcp', message: `TCP and QUIC are both off (${sourceOf('quic')}): no peer could be reached` }
}

/** QUIC and discovery are both UDP, so on one port the second to bind would fail. */
const separateUdpPorts: Rule = ({ settings: { quic, discovery, port, quicPort }, sourceOf }) => {
  if (!quic || !discovery || !port || port !== quicPort) return undefined
  return { name: 'quicPort', message: `is the UDP port of discovery too (${sourceOf('port')}): ${port}` }
}

const tokenBeyondLoopback: Rule = ({ settings: { apiAddress }, isGiven }) => {
  if (apiAddress === undefined || isLoopbackHost(apiAddress) || isGiven('apiTokenFile')) return undefined
  return { name: 'apiAddress', message: `${apiAddress} is not loopback: --api-token-file is required` }
}

const separateApiPorts: Rule = ({ settings: { metrics, apiPort, metricsPort }, sourceOf }) => {
  if (!metrics || !metricsPort || metricsPort !== apiPort) return undefined
  return { name: 'metricsPort', message: `is the port of the API too (${sourceOf('apiPort')}): ${metricsPort}` }
}

const registryOfSomeNode: Rule = ({ settings: { validatorRegistry }, isGiven }) => {
  if (validatorRegistry !== true || isGiven('beaconNode')) return undefined
  return { name: 'validatorRegistry', message: 'needs --beacon-node, which it is fetched from' }
}

const RULES: readonly Rule[] = [
  oneNetwork,
  someTransport,
  separateUdpPorts,
  tokenBeyondLoopback,
  separateApiPorts,
  registryOfSomeNode,
]

/** Every rule between settings that does not hold. */
export function findConflicts(input: CrossCheckInput): Conflict[] {
  return RULES.flatMap((rule) => rule(input) ?? [])
}
