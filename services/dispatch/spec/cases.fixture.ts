import { type Owner } from '@balagh/case-events';
import { type DispatchInput } from '../src/domain/dispatch-case';
import { SEC_CLEANING, opened, registered, routed } from './history.fixture';
import { type RunningDispatch, uuid } from './running-service.fixture';

type Registered = Extract<DispatchInput, { type: 'CaseRegistered' }>['data'];

/** A registered and routed case in the second line's queue, as intake and routing would have made it. */
export async function caseInQueue(
  dispatch: RunningDispatch,
  n: number,
  owner: Owner = SEC_CLEANING,
  change: Partial<Registered> = {},
  tenant = 'MUS',
  profileVersion = 1,
): Promise<string> {
  const caseId = await registeredCase(dispatch, n, change, tenant, profileVersion);
  await dispatch.write('routing', caseId, [routed(owner)], 'system', tenant);
  await dispatch.feed.drain();
  return caseId;
}

export async function registeredCase(
  dispatch: RunningDispatch,
  n: number,
  change: Partial<Registered> = {},
  tenant = 'MUS',
  profileVersion = 1,
): Promise<string> {
  const caseId = uuid(1, n);
  const subjectId = uuid(2, n);
  const { privacy, clock } = dispatch.world;
  await privacy.mint(subjectId, tenant);
  const form: DispatchInput = {
    type: 'FormFilled',
    data: {
      form: {
        filled: ['details', 'address', 'location'],
        details: await privacy.seal(subjectId, `تفاصيل ${n}`),
        address: await privacy.seal(subjectId, `عنوان ${n}`),
        location: { latitude: 23.588, longitude: 58.383 },
      },
    },
  };
  const open = { ...opened, data: { caseId, subjectId, channel: 'PHONE_1111' } } as DispatchInput;
  const registeredAt = clock.now().toISOString();
  const number = {
    caseNumber: `${tenant}-2026-${String(n).padStart(6, '0')}`,
    registeredAt,
    clockStart: registeredAt,
  };
  await dispatch.write(
    'intake',
    caseId,
    [open, form, registered({ ...number, ...change })],
    '1',
    tenant,
    profileVersion,
  );
  return caseId;
}
