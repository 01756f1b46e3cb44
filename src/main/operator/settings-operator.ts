import type { ConfigPatch } from '../../api/operator.ts'
import type { Client } from '../../rpc/client-type.ts'
import type { Control } from '../../rpc/contract.ts'
import type { RuntimeConfigView } from '../../rpc/settings-views.ts'
import type { Logger } from '../../shared/logger.ts'
import type { StoredSetting } from '../../storage/runtime-settings-store.ts'
import { makeChange } from '../kept/kept-change.ts'
import type { KeptState } from '../kept/kept-state.ts'
import { patchedRows, settingsInForce } from './runtime-settings.ts'

export interface SettingsOperatorDeps {
  readonly control: Pick<Client<Control>, 'applySettings'>
  readonly kept: Pick<KeptState, 'startUp' | 'rows' | 'settingsStore'>
  readonly log: Logger
}

/** Changes of the runtime settings. One at a time: the caller queues. */
export class SettingsOperator {
  readonly #deps: SettingsOperatorDeps
  #rows: readonly StoredSetting[]

  constructor(deps: SettingsOperatorDeps) {
    this.#deps = deps
    this.#rows = deps.kept.rows
  }

  /** As `Operator.patchConfig`. */
  async patch(patch: ConfigPatch): Promise<RuntimeConfigView> {
    const { control, kept, log } = this.#deps
    const { startUp, settingsStore } = kept
    const before = this.#rows
    const rows = patchedRows(startUp, before, patch)
    const view = await makeChange(
      {
        name: 'PATCH of the configuration',
        persist: () => {
          settingsStore.replace(rows)
          return () => settingsStore.replace(before)
        },
        effect: () => control.applySettings(settingsInForce(startUp, rows)),
        undoEffect: () => control.applySettings(settingsInForce(startUp, before)),
      },
      log,
    )
    this.#rows = rows
    log.info({ changed: patch }, 'settings changed')
    return view
  }
}
