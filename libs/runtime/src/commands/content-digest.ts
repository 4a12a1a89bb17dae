import { createHash } from 'node:crypto';
import { type Privacy } from '@balagh/privacy';
import { currentCall } from '../calls/call-context';

/**
 * Digest of what the call being answered says, under the key of the person the case is about: it goes into events and is nothing once
 * that key is erased (docs/adr/0022). Empty outside a call, and for an erased person.
 * @throws KeysUnavailable (retriable), SubjectUnknown
 */
export async function contentDigest(
  privacy: Pick<Privacy, 'fingerprint'>,
  subjectId: string,
): Promise<{ readonly contentDigest?: string }> {
  const content = currentCall()?.content?.();
  const digest = content === undefined ? undefined : await privacy.fingerprint(subjectId, content);
  return digest === undefined ? {} : { contentDigest: digest };
}

/** The same for services without keys, whose commands hold nothing personal. */
export function openContentDigest(): { readonly contentDigest?: string } {
  const content = currentCall()?.content?.();
  if (content === undefined) return {};
  const digest = createHash('sha256').update(content, 'utf8').digest().subarray(0, 16);
  return { contentDigest: digest.toString('base64url') };
}
