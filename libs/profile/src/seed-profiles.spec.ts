import { profileFixture } from '@balagh/testing';
import { parseProfile } from './parse-profile';
describe('seeds', () => {
  it.each(['MUS', 'TOURISM', 'QAT-MME', 'KWT-MOCI', 'KWT-PAMA'])('%s parses', (t) => {
    expect(parseProfile(profileFixture(t)).tenant).toBe(t);
  });
});
