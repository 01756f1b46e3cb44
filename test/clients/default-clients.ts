import { fileURLToPath } from 'node:url'

/** The folder of real clients, beside this repository. */
export const DEFAULT_CLIENTS = fileURLToPath(new URL('../../../shared/clients', import.meta.url))
