import type { ENR } from '@chainsafe/enr'
import type { AddressScope } from './address-scope.ts'
import { placeOf } from './record-place.ts'

/** Whom a node may tell of: nobody nearer than itself. */
const TOLD_BY: Readonly<Record<AddressScope, ReadonlySet<AddressScope>>> = {
  public: new Set(['public']),
  local: new Set(['public', 'local']),
  loopback: new Set(['public', 'local', 'loopback']),
}

/**
 * Whether a lookup asks `told`, whom it heard of from `teller`: a node of the internet cannot know who is in our own
 * network or on this machine, and must not have us send there. go-ethereum has the same rule (p2p/netutil,
 * CheckRelayIP). Not where nobody can be, either; all of a record's addresses count.
 */
export function isCredible(teller: ENR, told: ENR): boolean {
  const allowed = TOLD_BY[scopesOf(teller).find((scope) => scope !== undefined) ?? 'public']
  return scopesOf(told).every((scope) => scope !== undefined && allowed.has(scope))
}

function scopesOf(record: ENR): readonly (AddressScope | undefined)[] {
  const given = (['ip', 'ip6'] as const).filter((key) => record.kvs.has(key))
  return given.map((key) => placeOf(record, key)?.scope)
}
