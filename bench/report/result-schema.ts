/** What results files may hold: those of `run-record.ts`, and the shapes of the benches that compare nothing. */
import { z } from 'zod'
import type { BenchResult } from '../run-record.ts'
import { RELAYS, TRANSPORTS, VALIDATIONS } from '../variant.ts'

/** JSON has no NaN: what could not be computed is null in a file. */
const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)

const classFigures = z.object({
  name: z.string(),
  published: figure,
  expected: figure,
  delivered: figure,
  duplicates: figure,
  wireBytes: figure,
  p50Ms: figure,
  p90Ms: figure,
  p99Ms: figure,
  maxMs: figure,
})

const threadFigures = z.object({
  name: z.string(),
  cpuMs: figure,
  loopDelayP99Ms: z.exactOptional(figure),
  loopDelayMaxMs: z.exactOptional(figure),
})

const pairedArrivals = z.object({ from: z.string(), relayMs: z.array(figure), otherMs: z.array(figure) })

const benchRun = z.object({
  case: z.string(),
  variant: z.object({
    relay: z.enum(RELAYS),
    transport: z.enum(TRANSPORTS),
    validation: z.enum(VALIDATIONS),
    setting: z.exactOptional(z.string()),
  }),
  round: z.number(),
  at: z.string(),
  windowSeconds: figure,
  machineBusyPercent: figure,
  isCrowded: z.boolean(),
  generatorLagMs: figure,
  cpuUsPerDelivery: figure,
  deliveredPerSecond: figure,
  rssMb: figure,
  peakRssMb: figure,
  classes: z.array(classFigures),
  threads: z.array(threadFigures),
  more: z.exactOptional(z.record(z.string(), figure)),
  pairs: z.exactOptional(z.array(pairedArrivals)),
})

const provenance = z.object({
  bench: z.string(),
  at: z.string(),
  commit: z.string(),
  uncommittedSources: z.boolean(),
  cpu: z.string(),
  cores: z.number(),
  memoryMb: z.number(),
  kernel: z.string(),
  node: z.string(),
})

/** Where and when figures were taken. */
export type Provenance = Readonly<z.infer<typeof provenance>>

const benchResult = provenance.extend({ options: z.record(z.string(), z.unknown()), runs: z.array(benchRun) })

const pulses = z.object({
  receivedPerSecond: figure,
  forwardedPerSecond: figure,
  forwardP50Ms: figure,
  forwardP99Ms: figure,
  loopDelayMaxMs: figure,
  pulses: figure,
  dropped: figure,
})

const swarmStream = z.object({
  published: figure,
  expected: figure,
  delivered: figure,
  p50Ms: figure,
  p99Ms: figure,
  maxLagMs: figure,
})

const levelsResult = provenance.extend({
  peers: z.number(),
  seconds: z.number(),
  rate: z.number(),
  results: z.array(
    z.object({
      level: z.number(),
      meshN: z.number(),
      meshLow: z.number(),
      meshHigh: z.number(),
      heartbeatMs: z.number(),
      reachedMs: z.exactOptional(figure),
      meshMin: figure,
      meshMax: figure,
      meshWithin: z.boolean(),
      heartbeat: z.object({ count: figure, medianMs: figure, meanMs: figure, maxMs: figure }),
      heartbeatWithin: z.boolean(),
      cpuPercent: figure,
      rssMb: figure,
      pulses,
      stream: swarmStream,
    }),
  ),
})

const switchResult = provenance.extend({
  peers: z.number(),
  rate: z.number(),
  seconds: z.number(),
  star: z.boolean(),
  results: z.array(
    z.object({
      level: z.number(),
      mesh: z.array(z.number()),
      missingByMember: z.array(z.number()),
      streams: z.array(swarmStream),
    }),
  ),
})

const idleResult = provenance.extend({
  results: z.array(z.object({ startMs: figure, rssMb: figure, peakRssMb: figure, cpuPercent: figure })),
})

export type LevelsResult = Readonly<z.infer<typeof levelsResult>>
export type SwitchResult = Readonly<z.infer<typeof switchResult>>
export type IdleResult = Readonly<z.infer<typeof idleResult>>

export type Content =
  | { readonly shape: 'runs'; readonly result: BenchResult }
  | { readonly shape: 'levels'; readonly result: LevelsResult }
  | { readonly shape: 'switch'; readonly result: SwitchResult }
  | { readonly shape: 'idle'; readonly result: IdleResult }

/** The contents of a results file; undefined when they are of no shape that is known. */
export function parseContent(json: unknown): Content | undefined {
  const runs = benchResult.safeParse(json)
  if (runs.success) return { shape: 'runs', result: runs.data }
  const levels = levelsResult.safeParse(json)
  if (levels.success) return { shape: 'levels', result: levels.data }
  const switched = switchResult.safeParse(json)
  if (switched.success) return { shape: 'switch', result: switched.data }
  const idle = idleResult.safeParse(json)
  return idle.success ? { shape: 'idle', result: idle.data } : undefined
}
