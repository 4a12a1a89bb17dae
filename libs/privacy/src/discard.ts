/** Smaller ones are collected cheaply, or lie in memory that is shared with others. */
const worthwhileBytes = 64 * 1024;

type Transferable = ArrayBufferLike & { readonly transfer?: (newLength: number) => ArrayBuffer };

/**
 * Gives the memory of bytes back at once that nobody will look at again: they are empty afterwards. Left to the garbage collector, the
 * megabytes of a photo make it search the whole heap every few photos. Small ones, and parts of larger memory, are left alone; so is
 * everything before Node 22, which cannot.
 */
export function discard(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (byteLength < worthwhileBytes || byteLength !== buffer.byteLength) return;
  (buffer as Transferable).transfer?.(0);
}
