/** Who we are, in the two forms of the standard node API. */
import { VERSION } from '../shared/version.ts'

/** `ClientVersionV1` of beacon-APIs, `apis/node/version.v2.yaml`. */
export interface ClientVersionView {
  readonly code: string
  readonly name: string
  readonly version: string
  readonly commit: string
}

const NAME = 'Starling'
/** Two letters (execution-apis, `engine/identification.md`); none of those given there is ours. */
const CODE = 'SL'
/** The first four bytes of the commit. A package does not know the commit that it was made of. */
const UNKNOWN_COMMIT = '0x00000000'

/** `Starling/<version>/<os>-<arch>`, the words for system and processor being Node's. */
export function versionText(): string {
  return `${NAME}/${VERSION}/${process.platform}-${process.arch}`
}

/** The same in parts, without the system. */
export function clientVersion(): ClientVersionView {
  return { code: CODE, name: NAME, version: VERSION, commit: UNKNOWN_COMMIT }
}
