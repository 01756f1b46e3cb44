/** What takes a tenth of a second, or two when a thread has to load first, may take many times that on a busy machine. */
const PATIENCE_MS = 30_000

/** Waits for real sockets to bring something about, at most `timeoutMs`. @throws Error naming `what` */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  timeoutMs = PATIENCE_MS,
): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
