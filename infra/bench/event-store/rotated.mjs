/** Who begins changes from repetition to repetition. */
export const rotated = (list, by) => list.map((_, i) => list[(i + by) % list.length]);
