import { setFlagsFromString } from 'node:v8'

/**
 * When V8 collects a whole heap by itself (ADR 23). By default that is when little was allocated for some seconds, so in each
 * quiet part of a slot, and whenever a tenth has been added; both take 10 to 30 ms of which the first block of the next slot
 * may see its share. Not for pages' sake, and at twice the size: the network thread collects in time (host/heap-upkeep.ts), and
 * for the others twice the size is little.
 */
const COLLECTION = ['--no-memory-reducer', '--heap-growing-percent=100']

/**
 * After how many calls V8 compiles a function (ADR 31; its own are 400 and 3,000), and for how many more it waits when one of them met
 * something new (500). A block comes once a slot: with V8's numbers what only blocks go through is left to the interpreter and
 * the first tier for an hour and compiled well after ten.
 */
const COMPILATION = [
  '--invocation-count-for-maglev=40',
  '--invocation-count-for-turbofan=1000',
  '--minimum-invocations-after-ic-update=40',
]

/**
 * What a thread's young generation left is some hundred kB: one thread collects it sooner than several agree on who does what, and
 * the others are asleep on the cores that the rest of the relay needs.
 */
const YOUNG_COLLECTION = ['--no-parallel-scavenge']

/**
 * Code is compiled for shapes of objects, and dropped when V8 lets go of one of them. A shape of which there is no object just
 * now, like that of a reader of one message, stays for so many collections that had not come to its prototype when they
 * asked (2 by default); each that had counts anew (ADR 40). A shape is some hundred bytes.
 */
const KEPT_CODE = ['--retain-maps-for-n-gc=100']

/** Sets V8 up for a relay, in all threads of the process. To be called before the first thread is made. */
export function setV8Flags(): void {
  for (const flag of [...COLLECTION, ...COMPILATION, ...YOUNG_COLLECTION, ...KEPT_CODE]) setFlagsFromString(flag)
}
