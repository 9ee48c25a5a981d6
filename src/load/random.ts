/** Numbers in [0, 1) that are the same for the same seed. */
export type Random = () => number;

/** Mulberry32: 32 bits of state, far more numbers than a run draws, and no allocation. Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed from several numbers, such that neighbours have nothing in common (the finalizer of MurmurHash3 after each). */
export function mixedSeed(...parts: readonly number[]): number {
  return parts.reduce((seed, part) => {
    let mixed = (seed ^ part) + 0x9e3779b9;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  }, 0);
}
