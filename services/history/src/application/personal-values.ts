import { type Privacy, isSealed } from '@balagh/privacy';

/** Opens every sealed value inside a JSON value; what was erased reads as null. */
export async function openSealed(privacy: Pick<Privacy, 'openOrErased'>, value: unknown): Promise<unknown> {
  if (isSealed(value)) return (await privacy.openOrErased(value)) ?? null;
  if (Array.isArray(value)) return Promise.all(value.map((item) => openSealed(privacy, item)));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(
    async ([key, member]) => [key, await openSealed(privacy, member)] as const,
  );
  return Object.fromEntries(await Promise.all(members));
}
