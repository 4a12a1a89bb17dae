/** A whole number from 0 to below `below`. */
export type Random = (below: number) => number;

/** Mulberry32: the same seed gives the same run on every machine. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

export const oneOf = <T>(random: Random, choices: readonly T[]): T => choices[random(choices.length)]!;

/** `SEED=n` runs that one again. */
export function seedsOf(count: number): readonly number[] {
  const only = process.env['SEED'];
  return only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number.parseInt(only, 10)];
}
