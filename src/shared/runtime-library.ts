import { createRequire } from 'node:module'

/**
 * The C functions of the runtime itself and of what it is linked to, by koffi. `func` of it throws when there is no such symbol.
 * @throws Error where koffi has no build for this machine
 */
export function runtimeLibrary() {
  const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi')
  return koffi.load(null)
}
