/** All spammers of a run. */
import type { ForgersView } from './forgers-view.ts'
import type { SpamRole } from './spam-roles.ts'
import { Spammer, type SpammerRecord } from './spammer.ts'

export interface SpamCrewOptions {
  readonly crew: readonly (readonly [SpamRole, number])[]
  readonly view: ForgersView
  readonly relay: { readonly peerId: string; readonly address: string }
  readonly forkDigest: string
  /** Topics that the relay takes, by gossip name. */
  readonly topics: ReadonlyMap<string, string>
}

export class SpamCrew implements AsyncDisposable {
  readonly #spammers: readonly Spammer[]

  private constructor(spammers: readonly Spammer[]) {
    this.#spammers = spammers
  }

  /** Resolves when all are at it. Each dials from a /16 of its own. */
  static async start({ crew, view, relay, forkDigest, topics }: SpamCrewOptions): Promise<SpamCrew> {
    const places = crew.flatMap(([role, count]) => Array.from({ length: count }, (_, rank) => ({ role, rank })))
    const starting = places.map(({ role, rank }, index) =>
      Spammer.start({
        role,
        scene: { view, topics, rank },
        relay,
        forkDigest,
        ip: `127.${20 + index}.0.1`,
        agent: `spam-${index}/1`,
      }),
    )
    const started = await Promise.allSettled(starting)
    const spammers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const failure = started.find((result) => result.status === 'rejected')
    if (failure === undefined) return new SpamCrew(spammers)
    await Promise.all(spammers.map((spammer) => spammer[Symbol.asyncDispose]()))
    throw failure.reason
  }

  get records(): readonly SpammerRecord[] {
    return this.#spammers.map(({ record }) => record)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#spammers.map((spammer) => spammer[Symbol.asyncDispose]()))
  }
}
