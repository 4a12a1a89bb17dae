import { useLanguage } from '../i18n/use-language';

export function Brand() {
  const { t } = useLanguage();
  return (
    <span className="brand">
      <img src="/mark.svg" alt="" width={34} height={34} />
      <span className="brand-name">{t('product')}</span>
    </span>
  );
}
