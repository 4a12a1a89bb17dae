import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import ar from './ar.json';
import en from './en.json';

export type Language = 'ar' | 'en';
const storageKey = 'balagh.language';

/** Arabic unless this browser was told otherwise. */
function keptLanguage(): Language {
  try {
    return localStorage.getItem(storageKey) === 'en' ? 'en' : 'ar';
  } catch {
    return 'ar';
  }
}

export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

export const i18n = i18next.createInstance();
void i18n.use(initReactI18next).init({
  lng: keptLanguage(),
  fallbackLng: 'ar',
  resources: { ar: { translation: ar }, en: { translation: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});
