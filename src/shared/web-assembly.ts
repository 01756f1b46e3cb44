/** WebAssembly as the code here uses it: modules without imports, which export a memory and functions of 32-bit integers. */

declare global {
  /** Of the interface no more than is used here: TypeScript has it with a browser's types only. */
  const WebAssembly: {
    readonly Module: new (bytes: Uint8Array) => object
    readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> }
    readonly Memory: new (...args: never) => WasmMemory
  }
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  /** The buffer is another one afterwards. @throws RangeError when there is not so much */
  grow(pages: number): number
}

export const PAGE_BYTES = 65_536

export type WasmFunction = (...numbers: readonly number[]) => unknown

/** A module's code, of this thread. */
export class WasmCode {
  readonly memory: WasmMemory
  readonly #exports: Readonly<Record<string, unknown>>

  /** @throws Error when it is no module, or has no memory: a fault of ours */
  constructor(codeBase64: string) {
    const module = new WebAssembly.Module(Buffer.from(codeBase64, 'base64'))
    this.#exports = new WebAssembly.Instance(module).exports
    const { memory } = this.#exports
    if (!(memory instanceof WebAssembly.Memory)) throw new Error('the module exports no memory')
    this.memory = memory
  }

  /** @throws Error when there is none of that name */
  functionOf(name: string): WasmFunction {
    const found = this.#exports[name]
    if (typeof found !== 'function') throw new Error(`the module exports no function ${name}`)
    return found as WasmFunction
  }
}
