import { signingRoot } from '../../consensus/signing.ts'
import { fromHex } from '../../shared/hex.ts'
import type { JobRun } from '../job-table.ts'
import { SIGNATURE_BYTES } from '../signature-sets.ts'
import { blockRoot } from './block-root.ts'
import { answerTo } from './verify-signatures.ts'

/** Of the signature in a SignedBeaconBlock: behind the offset of the message. */
const SIGNATURE_AT = 4

/** Root of a block, and whether it is signed. Never throws. */
export const verifyBlock: JobRun<'verify-block'> = ({ fork, ssz, pubkey, domain, signedRoot }) => {
  const root = blockRoot(fork, ssz)
  if (root === undefined) return undefined
  if (root === signedRoot) return { root, answer: true }
  const signature = ssz.subarray(SIGNATURE_AT, SIGNATURE_AT + SIGNATURE_BYTES)
  return { root, answer: answerTo({ pubkey, signingRoot: signingRoot(fromHex(root), domain), signature }) }
}
