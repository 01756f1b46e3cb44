/** Flags of the macro benches. */

/** @throws Error naming the choices */
export function oneOf<const Choice extends string>(flag: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value)
  if (found === undefined) throw new Error(`--${flag} is one of ${choices.join(', ')}`)
  return found
}

/** @throws Error when the text is no number of at least `least` */
export function atLeast(flag: string, value: string, least: number): number {
  const number = Number(value)
  if (!(Number.isFinite(number) && number >= least)) throw new Error(`--${flag} is a number, ${least} or more`)
  return number
}
