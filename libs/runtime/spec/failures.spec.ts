import { Metadata, status } from '@grpc/grpc-js';
import {
  BadRequestException,
  NotFoundException,
  PayloadTooLargeException,
  RequestTimeoutException,
} from '@nestjs/common';
import { EventNewer } from '@balagh/case-events';
import { reject } from '@balagh/decider';
import protobuf from 'protobufjs';
import {
  AccessDenied,
  InvalidMessage,
  IssuerUnavailable,
  RateExceeded,
  Rejected,
  Unauthenticated,
  failureOf,
  grpcError,
  grpcFailure,
  problemOf,
} from '../src';
import { decodeErrorInfo } from '../src/errors/error-info';

const rejected = (...arguments_: Parameters<typeof reject>) => new Rejected(reject(...arguments_).rejection);
const withCode = (code: string, retriable?: boolean) =>
  Object.assign(new Error('phone +968 9000 0001'), {
    code,
    ...(retriable === undefined ? {} : { retriable }),
  });

describe('what a caller learns of a failure', () => {
  it.each([
    [
      'an invalid rejection',
      rejected('FIELDS_MISSING', 'invalid'),
      422,
      status.INVALID_ARGUMENT,
      'FIELDS_MISSING',
    ],
    ['a conflicting rejection', rejected('CASE_CLOSED'), 409, status.FAILED_PRECONDITION, 'CASE_CLOSED'],
    [
      'a forbidden rejection',
      rejected('CASE_CONFIDENTIAL', 'forbidden'),
      403,
      status.PERMISSION_DENIED,
      'CASE_CONFIDENTIAL',
    ],
    ['a missing thing', rejected('CASE_UNKNOWN', 'missing'), 404, status.NOT_FOUND, 'CASE_UNKNOWN'],
    ['a stale version', rejected('VERSION_STALE'), 409, status.ABORTED, 'VERSION_STALE'],
    ['an invalid message', new InvalidMessage('FORM_INVALID'), 422, status.INVALID_ARGUMENT, 'FORM_INVALID'],
    [
      'a denial',
      new AccessDenied('CASE_FOREIGN', 'case.resolve'),
      403,
      status.PERMISSION_DENIED,
      'CASE_FOREIGN',
    ],
    ['a missing token', new Unauthenticated(), 401, status.UNAUTHENTICATED, 'TOKEN_INVALID'],
    ['too many calls', new RateExceeded(2), 429, status.RESOURCE_EXHAUSTED, 'RATE_EXCEEDED'],
    ['an issuer that is away', new IssuerUnavailable(), 503, status.UNAVAILABLE, 'ISSUER_UNAVAILABLE'],
    ['a retriable fault', withCode('KEYS_UNAVAILABLE', true), 503, status.UNAVAILABLE, 'KEYS_UNAVAILABLE'],
    [
      'an event that only a newer version knows',
      new EventNewer({ stream: 'case-1', revision: 0, type: 'CaseBlessed' }, 'unknown event type'),
      503,
      status.UNAVAILABLE,
      'EVENT_NEWER',
    ],
    [
      'a retriable fault without a stable code',
      withCode('a value', true),
      503,
      status.UNAVAILABLE,
      'SERVICE_UNAVAILABLE',
    ],
    ['a database that is away', withCode('ECONNREFUSED'), 503, status.UNAVAILABLE, 'DATABASE_UNAVAILABLE'],
    ['a database that is shutting down', withCode('57P01'), 503, status.UNAVAILABLE, 'DATABASE_UNAVAILABLE'],
    ['a database whose disk fails', withCode('58030'), 503, status.UNAVAILABLE, 'DATABASE_UNAVAILABLE'],
    [
      'a database that panics',
      Object.assign(withCode('XX000'), { severity: 'PANIC' }),
      503,
      status.UNAVAILABLE,
      'DATABASE_UNAVAILABLE',
    ],
    ['a database’s internal error', withCode('XX000'), 500, status.INTERNAL, 'INTERNAL_FAULT'],
    [
      'a database that hangs',
      new Error('Query read timeout'),
      503,
      status.UNAVAILABLE,
      'DATABASE_UNAVAILABLE',
    ],
    [
      'a database that went away in the middle',
      new Error('Connection terminated unexpectedly'),
      503,
      status.UNAVAILABLE,
      'DATABASE_UNAVAILABLE',
    ],
    [
      'a database that takes no connections',
      new Error('timeout exceeded when trying to connect'),
      503,
      status.UNAVAILABLE,
      'DATABASE_UNAVAILABLE',
    ],
    ['a broken constraint', withCode('23505'), 500, status.INTERNAL, 'INTERNAL_FAULT'],
    ['a permanent fault', withCode('SEAL_BROKEN', false), 500, status.INTERNAL, 'INTERNAL_FAULT'],
    [
      'an event that can never be stored',
      withCode('EVENT_INVALID', false),
      422,
      status.INVALID_ARGUMENT,
      'EVENT_INVALID',
    ],
    ['an unknown route', new NotFoundException(), 404, status.NOT_FOUND, 'ROUTE_UNKNOWN'],
    [
      'a malformed request',
      new BadRequestException('phone +968 9000 0001'),
      400,
      status.INVALID_ARGUMENT,
      'REQUEST_MALFORMED',
    ],
    [
      'a body that is too large',
      new PayloadTooLargeException(),
      413,
      status.INVALID_ARGUMENT,
      'BODY_TOO_LARGE',
    ],
    [
      'a request that does not arrive in time',
      new RequestTimeoutException(),
      408,
      status.INVALID_ARGUMENT,
      'REQUEST_TIMED_OUT',
    ],
    ['a bug', new TypeError('phone +968 9000 0001'), 500, status.INTERNAL, 'INTERNAL_FAULT'],
    ['something thrown that is no error', 'phone +968 9000 0001', 500, status.INTERNAL, 'INTERNAL_FAULT'],
  ])('%s', (_what, error, http, grpc, code) => {
    const failure = failureOf(error);
    const problem = problemOf(failure);
    const trailers = grpcFailure(failure);
    expect([problem.status, problem.code, trailers.code, trailers.details]).toEqual([http, code, grpc, code]);
    expect(JSON.stringify([problem, trailers.details, trailers.metadata.getMap()])).not.toContain('9000');
  });

  it('reads back over gRPC what was said, types and Arabic included', () => {
    const details = { fields: ['phone', 'directorate'], attempt: 2, missing_ar: 'رقم الهاتف' };
    expect(grpcError(grpcFailure(failureOf(rejected('FIELDS_MISSING', 'invalid', details))))).toEqual({
      code: status.INVALID_ARGUMENT,
      reason: 'FIELDS_MISSING',
      details,
    });
  });

  it('speaks google.rpc.Status with ErrorInfo, which any gRPC library can read', () => {
    const failure = failureOf(
      rejected('FIELDS_MISSING', 'invalid', { fields: ['phone', 'directorate'], missing_ar: 'رقم الهاتف' }),
    );
    const [bytes] = grpcFailure(failure).metadata.get('grpc-status-details-bin');
    const { root } = protobuf.parse(`syntax = "proto3"; package google.rpc;
      message Any { string type_url = 1; bytes value = 2; }
      message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
      message ErrorInfo { string reason = 1; string domain = 2; map<string, string> metadata = 3; }`);
    const read = root
      .lookupType('google.rpc.Status')
      .decode(bytes as Buffer)
      .toJSON() as { details: { type_url?: string; typeUrl?: string; value: string }[] };
    expect(read).toMatchObject({ code: status.INVALID_ARGUMENT, message: 'FIELDS_MISSING' });
    const info = root
      .lookupType('google.rpc.ErrorInfo')
      .decode(Buffer.from(read.details[0]?.value ?? '', 'base64'))
      .toJSON();
    expect(info).toEqual({
      reason: 'FIELDS_MISSING',
      domain: 'balagh',
      metadata: { fields: 'phone,directorate', missing_ar: 'رقم الهاتف' },
    });
  });

  it('stays within the headers that clients accept, however long the details', () => {
    const problems = Array.from({ length: 500 }, (_, index) => ({
      path: `form.field${index}`,
      problem: 'MALFORMED',
    }));
    const { metadata } = grpcFailure(failureOf(new InvalidMessage('FORM_INVALID', problems)));
    const size = Object.entries(metadata.getMap()).reduce(
      (sum, [key, value]) => sum + key.length + Buffer.byteLength(value),
      0,
    );
    expect(size).toBeLessThan(8_000);
    expect(grpcError({ code: 3, metadata }).reason).toBe('FORM_INVALID');
  });

  it('takes broken or foreign trailers as a transport failure', () => {
    expect(decodeErrorInfo(Buffer.from([0x1a, 0x7f, 0x00]))).toBeUndefined();
    const metadata = new Metadata();
    metadata.set('error-details', 'not json');
    expect(grpcError({ code: status.DEADLINE_EXCEEDED, metadata })).toEqual({
      code: 4,
      reason: 'TRANSPORT_DEADLINE_EXCEEDED',
      details: {},
    });
    expect(grpcError(new Error('x'))).toEqual({ code: 2, reason: 'TRANSPORT_UNKNOWN', details: {} });
  });

  it('lets details not overwrite the members that RFC 9457 defines', () => {
    expect(
      problemOf({
        kind: 'invalid',
        code: 'FORM_INVALID',
        details: { status: 200, code: 'OK', field: 'phone' },
      }),
    ).toEqual({
      type: 'urn:balagh:problem:form-invalid',
      title: 'The request is not valid',
      status: 422,
      code: 'FORM_INVALID',
      field: 'phone',
    });
  });
});
