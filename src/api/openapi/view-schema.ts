import { z } from 'zod'

/** A type whose members, at every depth, are read-only: what a schema answers and what a view is differ only in that. */
type Settled<T> = T extends readonly (infer Item)[]
  ? readonly Settled<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Settled<T[Name]> }
    : T

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** What a schema must be to describe `View`: itself when the two types are the same, else nothing at all. */
type Describes<S extends z.ZodType, View> = Same<Settled<z.infer<S>>, Settled<View>> extends true ? S : never

/**
 * Names a reply's schema in the document. It does not compile unless the schema's type is exactly `View`: neither a
 * member more nor one less, nor one optional in one of the two only.
 */
export function viewSchema<View>() {
  return <S extends z.ZodType>(id: string, schema: S & Describes<S, View>): S => (schema as S).meta({ id })
}

/** A finite number that JSON can hold. */
export const number = z.number()
/** A count or a time in whole units. */
export const count = z.int().min(0)
/** A non-negative integer as the beacon node API writes it. */
export const decimal = z.string().regex(/^(0|[1-9][0-9]*)$/)
/** Bytes as the beacon node API writes them. */
export const hexBytes = z.string().regex(/^0x([0-9a-f]{2})*$/)
