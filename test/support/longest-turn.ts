/** Often enough that what lies between two looks is a turn or two. */
const LOOK_MS = 2

/** The longest that the calling thread computed without a turn for others, as CPU time: a busy machine adds nothing to it. */
export class LongestTurn implements Disposable {
  #lastMs = cpuMs()
  #longestMs = 0
  readonly #timer = setInterval(() => this.#look(), LOOK_MS)

  get ms(): number {
    this.#look()
    return this.#longestMs
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const nowMs = cpuMs()
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs)
    this.#lastMs = nowMs
  }
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
