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
}

export type WasmFunction = (...numbers: readonly number[]) => unknown

/** A module's code, of this thread: to be made as the thread starts, so that no message finds out that it cannot be run. */
export class WasmCode {
  readonly memory: WasmMemory
  readonly #exports: Readonly<Record<string, unknown>>

  /** @throws Error when it is no module or has no memory, a fault of ours, or the processor lacks its instructions */
  constructor(codeBase64: string) {
    this.#exports = exportsOf(Buffer.from(codeBase64, 'base64'))
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

function exportsOf(code: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(code)).exports
  } catch (cause) {
    throw new Error("this machine cannot run the relay's WebAssembly: it needs SIMD, on x86 SSE4.1", { cause })
  }
}
