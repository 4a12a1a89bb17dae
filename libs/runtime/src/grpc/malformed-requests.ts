import { type PackageDefinition, type ServiceDefinition } from '@grpc/proto-loader';

const malformed = new WeakSet<object>();

/** The bytes of this request were not its message; a default message stands in for it. */
export function isMalformed(request: unknown): boolean {
  return typeof request === 'object' && request !== null && malformed.has(request);
}

/**
 * grpc-js answers bytes that it cannot decode with INTERNAL, before anybody knows who called. With this the call goes on with an
 * empty message that is marked: the caller is authenticated first, then told INVALID_ARGUMENT / REQUEST_MALFORMED.
 */
export function tolerateMalformedRequests(definition: PackageDefinition): PackageDefinition {
  const entries = Object.entries(definition).map(
    ([name, entry]) => [name, 'format' in entry ? entry : tolerant(entry)] as const,
  );
  return Object.fromEntries(entries);
}

function tolerant(service: ServiceDefinition): ServiceDefinition {
  const methods = Object.entries(service).map(([name, method]) => {
    const requestDeserialize = (bytes: Buffer): object => {
      try {
        return method.requestDeserialize(bytes);
      } catch {
        const empty = method.requestDeserialize(Buffer.alloc(0));
        malformed.add(empty);
        return empty;
      }
    };
    return [name, { ...method, requestDeserialize }] as const;
  });
  return Object.fromEntries(methods);
}
