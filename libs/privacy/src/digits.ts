const arabicIndicZero = 0x0660;
const persianZero = 0x06f0;

/**
 * Numbers as people type or copy them: Arabic-Indic (٠–٩) and Persian (۰–۹) digits as 0–9, without invisible marks such as those of direction,
 * which Arabic pages put around numbers; everything else unchanged.
 */
export function normaliseDigits(text: string): string {
  return westernDigits(text.replace(/\p{Cf}/gu, ''));
}

function westernDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => {
    const point = digit.charCodeAt(0);
    return String(point - (point >= persianZero ? persianZero : arabicIndicZero));
  });
}

/**
 * One spelling for comparing addresses and reference numbers typed by different people: digits as 0–9, no vowel
 * marks or tatweel, one form of alef, ya and ta marbuta, lower case, punctuation and runs of spaces as one space.
 * For blind indexes only, never for display; what it makes of a text never changes, since indexes are kept.
 */
export function normaliseText(text: string): string {
  return westernDigits(text.normalize('NFKC'))
    .replace(/[\u064b-\u065f\u0670\u0640\u200c-\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ى/g, 'ي')
    .replace(/ة/g, 'ه')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
