import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { normaliseDigits } from './digits';

/**
 * E.164 (`+96890000001`) of a phone as people write it: Arabic-Indic or Persian digits, spaces, dashes, marks of direction, `00` or `+`, with
 * or without the country. `region` (ISO 3166, two letters) is the country of a number that names none.
 * Undefined when the text cannot be a phone number by its length; a number need not be assigned to anybody.
 */
export function normalisePhone(input: string, region: string): string | undefined {
  const country = region.toUpperCase();
  const known: CountryCode | undefined = isSupportedCountry(country) ? country : undefined;
  const parsed = parsePhoneNumberFromString(normaliseDigits(input).replace(/[()]/g, ' ').trim(), {
    ...(known && { defaultCountry: known }),
    extract: false,
  });
  return parsed?.isPossible() === true ? parsed.number : undefined;
}
