import { InvalidEvent } from '../event-store.errors';

/**
 * Serialises a value once, to the JSON text that is stored byte for byte.
 *
 * Refuses what JSON would silently change or a store could not keep: undefined, functions, BigInt, NaN, infinities, −0,
 * U+0000, lone surrogates, and objects that are not plain (a Date is turned into text by its owner).
 * @throws InvalidEvent naming the path, never the value
 */
export function encodeJson(value: unknown): string {
  const problem = problemIn(value, '');
  if (problem !== undefined) throw new InvalidEvent(problem);
  return JSON.stringify(value);
}

/** The first part of a value that must not be stored, as `path: reason`; undefined when all is well. */
export function problemIn(value: unknown, path: string): string | undefined {
  switch (typeof value) {
    case 'string':
      return textProblem(value, path);
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? undefined
        : `${at(path)}: number without a JSON form`;
    case 'boolean':
      return undefined;
    case 'object':
      return value === null ? undefined : membersProblem(value, path);
    default:
      return `${at(path)}: ${typeof value}`;
  }
}

function membersProblem(value: object, path: string): string | undefined {
  if (Array.isArray(value))
    return firstProblem(
      Array.from(value as unknown[], (item, i) => [String(i), item]),
      path,
    );
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${at(path)}: not a plain object`;
  return firstProblem(Object.entries(value), path);
}

function firstProblem(members: readonly (readonly [string, unknown])[], path: string): string | undefined {
  for (const [key, member] of members) {
    const problem = textProblem(key, path) ?? problemIn(member, path === '' ? key : `${path}.${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function textProblem(text: string, path: string): string | undefined {
  if (text.includes('\u0000')) return `${at(path)}: U+0000`;
  return text.isWellFormed() ? undefined : `${at(path)}: lone surrogate`;
}

const at = (path: string): string => (path === '' ? '(root)' : path);
