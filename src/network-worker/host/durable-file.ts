import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Replaces the file's text so that a crash, of the machine too, leaves either the old text or the new one: written
 * beside, synced, renamed, and the directory synced, without which the renaming itself may be forgotten.
 * @throws whatever the file system says
 */
export function replaceDurably(path: string, text: string): void {
  const temporary = `${path}.new`
  withOpen(temporary, 'w', (file) => {
    writeSync(file, text)
    fsyncSync(file)
  })
  renameSync(temporary, path)
  withOpen(dirname(path), 'r', fsyncSync)
}

function withOpen(path: string, flags: 'w' | 'r', use: (file: number) => void): void {
  const file = openSync(path, flags)
  try {
    use(file)
  } finally {
    closeSync(file)
  }
}
