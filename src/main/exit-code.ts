/** What the process tells its supervisor: stopped cleanly, failed while it ran, or was never given a usable configuration. */
export const EXIT = { clean: 0, failure: 1, badConfig: 2 } as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
