/** Finds out what a file really is and removes what it says about the person who made it (MUS-04). */
export interface EvidenceInspector {
  /**
   * Images lose what stands beside the picture (place, device, time); documents stay as they are.
   * The declared name and type are not believed.
   */
  inspect(content: Uint8Array): Promise<Inspected>;
}

export type Inspected =
  | { readonly kind: 'clean'; readonly mediaType: string; readonly content: Uint8Array }
  /** No known type. */
  | { readonly kind: 'unknown' }
  /** The type is known, but the file cannot be read: damaged, or larger than an image may be. */
  | { readonly kind: 'unreadable'; readonly mediaType: string };
