/**
 * Upcasters lift the data of an older version to the next one, step by step, without looking at anything
 * but the data. One entry per (type, from-version). Golden files in `libs/case-events/golden` prove that
 * every version ever stored still reads.
 */
export type Upcaster = (data: unknown) => unknown;

const upcasters: ReadonlyMap<string, Upcaster> = new Map<string, Upcaster>();

export function upcast(type: string, fromVersion: number, data: unknown): unknown {
  let current = data;
  let version = fromVersion;
  for (
    let step = upcasters.get(`${type}@${version}`);
    step !== undefined;
    step = upcasters.get(`${type}@${version}`)
  ) {
    current = step(current);
    version += 1;
  }
  return current;
}
