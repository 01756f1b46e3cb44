/** Options of sockets that Node has no call for: the C library's setsockopt(2) and getsockopt(2). */
import { runtimeLibrary } from '../../shared/runtime-library.ts'

type SetOption = (fd: number, level: number, option: number, value: Uint8Array, length: number) => number
type GetOption = (fd: number, level: number, option: number, value: Uint8Array, length: Uint32Array) => number

export interface SocketOptions {
  /** @returns false when the system does not let us, and of what is no socket */
  set(fd: number, level: number, option: number, value: Uint8Array): boolean
  /** As many bytes of it as there are; undefined of what has no such option. */
  get(fd: number, level: number, option: number, maxBytes: number): Buffer | undefined
}

/** Undefined on other systems than Linux, whose numbers those who ask have, and where koffi has no build for this machine. */
export function findSocketOptions(): SocketOptions | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const library = runtimeLibrary()
    const set: SetOption = library.func('int setsockopt(int fd, int level, int option, void *value, uint32_t length)')
    const get: GetOption = library.func('int getsockopt(int fd, int level, int option, void *value, void *length)')
    return {
      set: (fd, level, option, value) => set(fd, level, option, value, value.length) === 0,
      get: (fd, level, option, maxBytes) => {
        const value = Buffer.alloc(maxBytes)
        const length = Uint32Array.of(maxBytes)
        return get(fd, level, option, value, length) === 0 ? value.subarray(0, length[0]) : undefined
      },
    }
  } catch {
    return undefined
  }
}
