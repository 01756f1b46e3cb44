/**
 * Makes the relay's configuration out of the command line, the environment, a file and the schema's defaults, in this
 * order of precedence. Reads files, opens nothing else, and reports everything that is wrong at once.
 */
import { join, resolve } from 'node:path'
import type { NetworkConfig } from '../consensus/network-config.ts'
import { type GenesisOverrides, readNetworkDir } from '../consensus/network-dir.ts'
import { networkByName } from '../consensus/networks.ts'
import { RelayError } from '../shared/errors.ts'
import type { PeerIdStr } from '../shared/ids.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { findConflicts } from './cross-checks.ts'
import type { Layer } from './layer.ts'
import { readApiToken } from './read-api-token.ts'
import { readArgv } from './read-argv.ts'
import { readBanFile } from './read-ban-file.ts'
import { readEnvironment } from './read-environment.ts'
import { readConfigFile } from './read-file.ts'
import { type RelayConfig, type SettingName, type Settings, settingsSchema } from './schema.ts'
import { flagOf, SETTINGS } from './setting-names.ts'
import { pathText, quote } from './value-types.ts'

export interface ConfigInput {
  /** What follows the command, without the program's name. */
  readonly argv: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** Whether the log goes to a terminal: decides the default of `logFormat`. */
  readonly isTty: boolean
  /** Directory that relative paths start from, those in the file too. */
  readonly cwd: string
}

/** One attempt to load: what was given, and what is wrong with it so far. */
interface Attempt {
  readonly cwd: string
  readonly given: Layer
  readonly problems: ConfigProblem[]
}

/** Where a setting was written, or its flag when it was not. */
function sourceOf({ given }: Attempt, name: SettingName): string {
  return given.get(name)?.source ?? flagOf(name)
}

function report(attempt: Attempt, name: SettingName, message: string): void {
  attempt.problems.push({ source: sourceOf(attempt, name), message })
}

/** Merges the sources; a setting given in several comes from the first of flags, environment and file. */
function readSources({ argv, env, cwd }: ConfigInput): Attempt {
  const problems: ConfigProblem[] = []
  const flags = readArgv(argv, problems)
  const environment = readEnvironment(env, problems)
  const config = flags.get('config') ?? environment.get('config')
  const path = pathText.safeParse(config?.value)
  const file = config && path.success ? readConfigFile(resolve(cwd, path.data), config.source, problems) : []
  return { cwd, given: new Map([...file, ...environment, ...flags]), problems }
}

/** Gives each setting its type, one by one, so that the valid ones are known even when others are not. */
function parseSettings(attempt: Attempt): Partial<Settings> {
  const settings: Partial<Settings> = {}
  for (const { name } of SETTINGS) {
    const parsed = settingsSchema.shape[name].safeParse(attempt.given.get(name)?.value)
    if (!parsed.success) {
      for (const { message } of parsed.error.issues) report(attempt, name, message)
    } else if (parsed.data !== undefined) {
      Object.assign(settings, { [name]: parsed.data })
    }
  }
  return settings
}

const OVERRIDES = ['genesisTime', 'genesisValidatorsRoot'] as const satisfies readonly SettingName[]

function genesisOverrides({ genesisTime, genesisValidatorsRoot }: Partial<Settings>): GenesisOverrides {
  return {
    ...(genesisTime === undefined ? {} : { genesisTimeSeconds: genesisTime }),
    ...(genesisValidatorsRoot === undefined ? {} : { genesisValidatorsRootHex: genesisValidatorsRoot }),
  }
}

function resolveNetwork(attempt: Attempt, settings: Partial<Settings>): NetworkConfig | undefined {
  const { network, networkDir } = settings
  const overrides = genesisOverrides(settings)
  // A directory may lack what a flag was meant to give: with that flag wrong, its complaint would only mislead.
  if (OVERRIDES.some((name) => attempt.given.has(name) && settings[name] === undefined)) return undefined
  if (networkDir === undefined) return network && { ...networkByName(network), ...overrides }
  try {
    return readNetworkDir(resolve(attempt.cwd, networkDir), overrides)
  } catch (error) {
    const { code, message } = RelayError.from(error)
    if (code !== 'CONFIG_INVALID') throw error
    report(attempt, 'networkDir', message)
    return undefined
  }
}

function resolveToken(attempt: Attempt, { apiTokenFile }: Partial<Settings>): string | undefined {
  if (apiTokenFile === undefined) return undefined
  const read = readApiToken(resolve(attempt.cwd, apiTokenFile))
  if (read.ok) return read.token
  report(attempt, 'apiTokenFile', `${quote(apiTokenFile)}: ${read.reason}`)
  return undefined
}

function resolveBans(attempt: Attempt, { banPeersFile }: Partial<Settings>): readonly PeerIdStr[] {
  if (banPeersFile === undefined) return []
  const read = readBanFile(resolve(attempt.cwd, banPeersFile))
  if (read.ok) return read.peerIds
  for (const reason of read.reasons) report(attempt, 'banPeersFile', `${quote(banPeersFile)}: ${reason}`)
  return []
}

/**
 * The configuration to run with.
 * @throws ConfigError naming every problem; nothing else, whatever the input
 */
export function loadConfig(input: ConfigInput): RelayConfig {
  const attempt = readSources(input)
  const { cwd, given, problems } = attempt
  const parsed = parseSettings(attempt)
  for (const { name, message } of findConflicts({
    settings: parsed,
    isGiven: (name) => given.has(name),
    sourceOf: (name) => sourceOf(attempt, name),
  })) {
    report(attempt, name, message)
  }
  const network = resolveNetwork(attempt, parsed)
  const apiToken = resolveToken(attempt, parsed)
  const bannedPeers = resolveBans(attempt, parsed)
  if (problems.length > 0 || network === undefined) throw new ConfigError(problems)

  const { networkDir, genesisTime, genesisValidatorsRoot, config, help, version, listenAddress, enrIp, ...settings } =
    // No problem: none of those that always have a value is missing.
    parsed as Settings
  const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(cwd, path))
  return {
    ...settings,
    network,
    genesisFile: networkDir === undefined ? undefined : join(resolve(cwd, networkDir), 'genesis.ssz'),
    listenAddresses: listenAddress,
    enrIps: enrIp,
    dataDir: resolve(cwd, settings.dataDir),
    bootnodes: settings.bootnodes ?? [...network.bootnodes],
    banPeersFile: absolute(settings.banPeersFile),
    bannedPeers,
    activeValidators: settings.activeValidators ?? network.activeValidators ?? null,
    apiTokenFile: absolute(settings.apiTokenFile),
    apiToken,
    logFormat: settings.logFormat ?? (input.isTty ? 'pretty' : 'json'),
    logFile: absolute(settings.logFile),
  }
}
