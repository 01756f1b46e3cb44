import type { ConfigProblem } from './config-error.ts'
import { addToLayer, type Layer } from './layer.ts'
import { settingsFrom, variableOf } from './setting-names.ts'

/**
 * Reads the `STARLING_…` variables that name a setting. Empty ones count as absent. Others are left alone, for
 * orchestrators add their own (`STARLING_SERVICE_HOST`).
 * @param problems receives a switch that is given in both its forms
 */
export function readEnvironment(env: NodeJS.ProcessEnv, problems: ConfigProblem[]): Layer {
  const layer: Layer = new Map()
  for (const [flag, named] of settingsFrom('environment')) {
    const variable = variableOf(flag)
    const text = env[variable]?.trim()
    if (text) addToLayer(layer, named, variable, [text], problems)
  }
  return layer
}
