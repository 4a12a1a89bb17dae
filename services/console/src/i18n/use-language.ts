import { useDirection } from '@mantine/core';
import { useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { type Names } from '../api/types';
import { type Language, keepLanguage } from './i18n';

/** Language of the console; the page's direction follows it. */
export function useLanguage() {
  const { i18n, t } = useTranslation();
  const language: Language = i18n.language === 'en' ? 'en' : 'ar';
  return {
    t,
    language,
    other: (language === 'ar' ? 'en' : 'ar') as Language,
    nameOf: (names: Names) => names[language],
    change: (next: Language) => {
      keepLanguage(next);
      void i18n.changeLanguage(next);
    },
  };
}

/** Keeps `lang`, `dir` and the title of the document in step with the language. */
export function useDocumentLanguage(): void {
  const { language, t } = useLanguage();
  const { setDirection } = useDirection();
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    document.title = t('product');
    setDirection(language === 'ar' ? 'rtl' : 'ltr');
  }, [language, setDirection, t]);
}
