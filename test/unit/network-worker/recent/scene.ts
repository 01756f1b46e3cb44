import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import {
  type RecentObject,
  RecentObjects,
  type RecentObjectsDeps,
} from '../../../../src/network-worker/recent/recent-objects.ts'
import type { RecentHead } from '../../../../src/network-worker/recent/record.ts'
import { systemClock } from '../../../../src/shared/clock.ts'

/** Root of block `name`, by which tests speak of it. */
export function rootOf(name: string): string {
  return Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)
}

export function block(
  name: string,
  slot: number,
  parent: string,
  payload = Buffer.from(`block ${name}`),
): RecentObject {
  const head: RecentHead = {
    kind: 'block',
    slot,
    rootHex: rootOf(name),
    parentRootHex: rootOf(parent),
    columnIndex: 0,
    blobCount: 0,
    digestHex: 'aabbccdd',
    sszBytes: payload.length,
  }
  return [head, payload]
}

/** A block whose columns are due with it. */
export function blobBlock(name: string, slot: number, parent: string): RecentObject {
  const [head, payload] = block(name, slot, parent)
  return [{ ...head, blobCount: 3 }, payload]
}

export function column(name: string, slot: number, columnIndex: number): RecentObject {
  const payload = Buffer.from(`column ${columnIndex} of ${name}`)
  const [head] = block(name, slot, '', payload)
  return [{ ...head, kind: 'column', columnIndex }, payload]
}

export interface Ring extends AsyncDisposable {
  readonly dir: string
  slot: number
  objects: RecentObjects
  put(...objects: readonly RecentObject[]): Promise<void>
  /** As after a restart: what was written is found again. */
  reopen(): Promise<void>
}

/** A ring of its own directory, at slot 100. */
export async function openRing(overrides: Partial<RecentObjectsDeps> = {}): Promise<Ring> {
  const dir = mkdtempSync(join(tmpdir(), 'recent-'))
  const make = (): RecentObjects =>
    new RecentObjects({
      dir,
      slots: 64,
      dueColumns: [1, 5],
      clock: systemClock,
      currentSlot: () => ring.slot,
      log: pino({ level: 'silent' }),
      ...overrides,
    })
  const ring: Ring = {
    dir,
    slot: 100,
    objects: undefined as never,
    async put(...objects) {
      for (const object of objects) ring.objects.put(...object)
      await ring.objects.written()
    },
    async reopen() {
      await ring.objects.stop()
      ring.objects = make()
      await ring.objects.start()
    },
    async [Symbol.asyncDispose]() {
      await ring.objects.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  ring.objects = make()
  await ring.objects.start()
  return ring
}

export async function readBlock(ring: Ring, name: string): Promise<string | undefined> {
  const place = ring.objects.block(rootOf(name))
  const payload = await place?.segment.read(place)
  return payload && Buffer.from(payload).toString()
}
