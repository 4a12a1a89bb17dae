import { dispatch } from '@balagh/contracts';
import { protoFileOf, protoLoaderOptions } from '@balagh/runtime';
import { loadSync } from '@grpc/proto-loader';
import { actionCatalogue } from '../src/domain/action-catalogue';
import { actionRequest, formRequest } from '../src/domain/action-request';

describe('an action’s request', () => {
  it('carries only the fields the action has', () => {
    expect(actionRequest('follow-up', { note: 'اتصال', header: 'x', caseId: 'x' })).toEqual({
      kind: 'valid',
      request: { note: 'اتصال' },
    });
  });

  it('reads an owner with and without its section, and leaves it out when none was chosen', () => {
    const owner = (value: string) => actionRequest('refer', { owner: value });
    expect(owner('DIRECTORATE:DIR-ROADS')).toEqual({
      kind: 'valid',
      request: { owner: { kind: 'DIRECTORATE', code: 'DIR-ROADS', section: '' }, note: '' },
    });
    expect(owner('DIRECTORATE:DIR-SERVICES:SEC-CLEANING')).toMatchObject({
      request: { owner: { section: 'SEC-CLEANING' } },
    });
    expect(owner('')).toEqual({ kind: 'valid', request: { owner: undefined, note: '' } });
    expect(owner('roads')).toEqual({
      kind: 'invalid',
      problems: [{ path: 'owner', problem: 'NOT_AN_OWNER' }],
    });
  });

  it('names every answer of a wrong shape, never its value', () => {
    expect(actionRequest('record-confrontation', { result: 7, attended: 'COMPLAINANT' })).toEqual({
      kind: 'invalid',
      problems: [
        { path: 'result', problem: 'NOT_A_TEXT' },
        { path: 'attended', problem: 'NOT_A_LIST_OF_TEXTS' },
      ],
    });
    expect(actionRequest('nothing', {})).toEqual({
      kind: 'invalid',
      problems: [{ path: 'action', problem: 'UNKNOWN' }],
    });
  });

  it('drops what is no field of the form', () => {
    const form = formRequest({
      details: 'نص',
      actor: 'x',
      location: { latitude: 23.5, longitude: 58.4, altitude: 3 },
      needFlags: ['ELDERLY', 4],
    });
    expect(form).toMatchObject({
      details: 'نص',
      phone: '',
      location: { latitude: 23.5, longitude: 58.4 },
      needFlags: ['ELDERLY'],
    });
    expect(form).not.toHaveProperty('actor');
  });

  it('takes back what is empty, and leaves alone what is absent', () => {
    const form = formRequest({ email: ' ', section: '', location: null, needFlags: [], details: 'نص' });
    expect(form).toMatchObject({ details: 'نص', cleared: ['section', 'email', 'needFlags', 'location'] });
    expect(formRequest({ details: 'نص' })).toMatchObject({ cleared: [] });
  });

  it('fits the contract of the service that decides it', () => {
    expect(dispatch.DISPATCH_SERVICE_NAME).toBe('Dispatch');
    for (const { action, service, method } of actionCatalogue) {
      const name = service.charAt(0).toUpperCase() + service.slice(1);
      const definition = loadSync(protoFileOf(`balagh.${service}.v1`), protoLoaderOptions)[
        `balagh.${service}.v1.${name}`
      ] as unknown as Record<
        string,
        { originalName: string; requestType: { type: { field: readonly { name: string }[] } } }
      >;
      const rpc = Object.values(definition).find((one) => one.originalName === method);
      expect([action, rpc?.originalName]).toEqual([action, method]);
      const fields = rpc?.requestType.type.field.map((field) => field.name) ?? [];
      const built =
        action === 'attach' ? ({ kind: 'valid', request: {} } as const) : actionRequest(action, {});
      const sent = built.kind === 'valid' ? Object.keys(built.request) : ['?'];
      expect([action, sent.filter((name) => !fields.includes(name))]).toEqual([action, []]);
    }
  });
});
