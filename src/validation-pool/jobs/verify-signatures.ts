import { Signature, type SignatureSet, verify, verifyMultipleAggregateSignatures } from '@chainsafe/blst'
import type { JobRun } from '../job-table.ts'
import {
  IS_BAD_KEY,
  IS_RIGHT,
  IS_WRONG,
  SET_BYTES,
  type SignatureAnswer,
  type SignatureBytes,
  setAt,
} from '../signature-sets.ts'
import { publicKeyOf } from './public-keys.ts'

/**
 * Signatures verified in one go, each multiplied by a random number of its own, so that no two wrong ones make up for
 * each other (https://ethresear.ch/t/fast-verification-of-multiple-bls-signatures/5407). When one of them is wrong all
 * are verified one by one: larger runs would save another tenth, and cost more for each wrong one.
 */
const RUN_LENGTH = 16

/**
 * Points of the right groups, none of them infinity; undefined when the signature is none of these. A key that is none
 * says nothing of the signature: it comes from who told us of it. Never throws.
 */
function readSet({ pubkey, signingRoot, signature }: SignatureBytes): SignatureSet | undefined | 'bad_key' {
  const pk = publicKeyOf(pubkey)
  if (pk === undefined) return 'bad_key'
  try {
    return { msg: signingRoot, pk, sig: Signature.fromBytes(signature, true, true) }
  } catch {
    return undefined
  }
}

/** Whether the signature is the key's, of that root. Points are checked to be of their groups. Never throws. */
export function answerTo(set: SignatureBytes): SignatureAnswer {
  const points = readSet(set)
  return points === 'bad_key' ? points : points !== undefined && isSigned(points)
}

function isSigned({ msg, pk, sig }: SignatureSet): boolean {
  try {
    return verify(msg, pk, sig)
  } catch {
    return false
  }
}

function areAllSigned(run: readonly SignatureSet[]): boolean {
  try {
    return verifyMultipleAggregateSignatures([...run])
  } catch {
    return false
  }
}

/** For each set of `signature-sets.ts` its answer: wrong, right, or that its key is bad. Never throws. */
export const verifySignatures: JobRun<'verify-signatures'> = ({ sets }) => {
  const count = Math.floor(sets.length / SET_BYTES)
  const answers = new Uint8Array(count)
  for (let start = 0; start < count; start += RUN_LENGTH) verifyRun(sets, start, answers)
  return answers
}

/** Verifies up to RUN_LENGTH sets from `start` on, and writes their answers. */
function verifyRun(sets: Uint8Array, start: number, answers: Uint8Array): void {
  const read: { readonly index: number; readonly set: SignatureSet }[] = []
  for (let index = start; index < Math.min(start + RUN_LENGTH, answers.length); index++) {
    const set = readSet(setAt(sets, index))
    if (set === 'bad_key') answers[index] = IS_BAD_KEY
    else if (set !== undefined) read.push({ index, set })
  }
  // One by itself takes longer with a multiplier than without.
  const areAll = read.length > 1 && areAllSigned(read.map(({ set }) => set))
  for (const { index, set } of read) answers[index] = areAll || isSigned(set) ? IS_RIGHT : IS_WRONG
}
