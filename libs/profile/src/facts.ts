import { formSchema } from '@balagh/case-events';

/** Facts that conditions may ask for: never who the complainant is (KWT-31). */
export const factNames: readonly string[] = [
  'caseType',
  'category',
  'subject',
  'channel',
  'sector',
  'directorate',
  'section',
  'saleChannel',
  'shopLicensed',
  'otherBody',
  'clientType',
  'theme',
];

/** Fields of the form that can be required or compared. */
export const formFields: readonly string[] = Object.keys(formSchema.shape).filter(
  (field) => field !== 'filled',
);
