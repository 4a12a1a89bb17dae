import '@fontsource-variable/noto-sans-arabic/wght.css';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './theme/theme.css';
import './theme/cases.css';
import { DirectionProvider, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { BrowserRouter } from 'react-router';
import { problemOf } from './api/problem';
import { App } from './app';
import { i18n } from './i18n/i18n';
import { theme } from './theme/theme';

/** A session that ended is noticed by whatever asks next; the account is then asked for again, and whoever was signed in is told so over the page. */
const noticeEnd = (error: unknown): void => {
  if (problemOf(error).status === 401) void queries.invalidateQueries({ queryKey: ['me'] });
};

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => (query.queryKey[0] === 'me' ? undefined : noticeEnd(error)),
  }),
  mutationCache: new MutationCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: { staleTime: 5_000, retry: (count, error) => problemOf(error).mayBeRepeated && count < 2 },
    mutations: { retry: false },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <I18nextProvider i18n={i18n}>
      <DirectionProvider initialDirection={i18n.language === 'en' ? 'ltr' : 'rtl'} detectDirection={false}>
        <MantineProvider theme={theme} forceColorScheme="light">
          <Notifications position="bottom-left" containerWidth={380} limit={3} />
          <QueryClientProvider client={queries}>
            <BrowserRouter>
              <App />
            </BrowserRouter>
          </QueryClientProvider>
        </MantineProvider>
      </DirectionProvider>
    </I18nextProvider>
  </StrictMode>,
);
