import { caseNumberOf, numberIn } from '../src/application/registrar';
import { IntakeUnderTest, mustAccept } from './intake-under-test';
import { MemoryCaseNumbers } from './memory-outbound';
import { RaiseCaseNumbersHandler } from '../src/application/raise-case-numbers.handler';
import { profileOf } from './profile-under-test';

describe('a counter that was lost', () => {
  it('restarts above the highest number in the event store', async () => {
    const desk = new IntakeUnderTest('QAT-MME', [profileOf('QAT-MME')]);
    await desk.outbound.numbers.raise('QAT-MME', '2026', 480);
    for (let n = 0; n < 2; n += 1) {
      const caseId = await desk.opened('PHONE', { caseType: 'INQUIRY', category: 'SERVICE_INQUIRY' });
      mustAccept(await desk.register(caseId));
    }
    const fresh = new MemoryCaseNumbers();
    await new RaiseCaseNumbersHandler(desk.platform.eventStore, desk.platform.profiles, fresh).handle();
    expect(await fresh.reserve('QAT-MME', '2026', '00000000-0000-4000-9000-000000000001')).toEqual({
      year: '2026',
      number: 483,
    });
    expect(await fresh.searchedTo()).toBeDefined();
  });
});

describe('case numbers as text', () => {
  const profile = profileOf('MUS');
  it('follow the pattern of the profile, both ways', () => {
    expect(caseNumberOf(profile, { year: '2026', number: 481 })).toBe('MUS-2026-000481');
    expect(numberIn(profile, 'MUS-2026-000481')).toEqual({ year: '2026', number: 481 });
    expect(numberIn(profile, 'MOCI-2026-000481')).toBeUndefined();
  });
  it('outgrow their padding rather than repeat', () => {
    expect(caseNumberOf(profile, { year: '2026', number: 1_000_000 })).toBe('MUS-2026-1000000');
    expect(numberIn(profile, 'MUS-2026-1000000')).toEqual({ year: '2026', number: 1_000_000 });
  });
});
