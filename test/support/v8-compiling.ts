import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--allow-natives-syntax')
const asked = new Function('f', 'return %ActiveTierIsMaglev(f) || %ActiveTierIsTurbofan(f)')
const told = new Function('f', '%NeverOptimizeFunction(f)')

/** Whether V8 runs this function as one of its optimizing compilers has made it. */
export function isCompiled(f: unknown): boolean {
  return asked(f) === true
}

/** Has V8's optimizing compilers leave this function alone, which so takes none that it calls into itself. */
export function neverCompile(f: unknown): void {
  told(f)
}
