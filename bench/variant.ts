/** What can be measured, and how it is called in tables. */
import type { Variant } from './run-record.ts'

export const RELAYS = ['starling', 'go', 'rust'] as const satisfies readonly Variant['relay'][]
export const TRANSPORTS = ['tcp', 'quic'] as const satisfies readonly Variant['transport'][]
export const VALIDATIONS = ['none', 'blind', 'default'] as const satisfies readonly Variant['validation'][]

export function isSameVariant(one: Variant, other: Variant): boolean {
  return (
    one.relay === other.relay &&
    one.transport === other.transport &&
    one.validation === other.validation &&
    one.setting === other.setting
  )
}

/** `starling tcp`, with what differs from the usual added. */
export function variantLabel({ relay, transport, validation, setting }: Variant): string {
  return [relay, transport, validation === 'none' ? '' : validation, setting ?? ''].filter(Boolean).join(' ')
}
