import { existsSync } from 'node:fs';
import { type Browser, type Page, chromium } from 'playwright-core';

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Undefined when a browser is there, else why the browser suites cannot run. In continuous integration one must be there. */
export function whyNoBrowser(): string | undefined {
  if (executable() !== undefined) return undefined;
  const why = 'no Chromium or Chrome found; infra/ci/setup installs one, or set CHROMIUM_PATH';
  if (process.env['CI'] === 'true')
    throw new Error(`the browser suites must run in continuous integration: ${why}`);
  return why;
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = executable();
  if (executablePath === undefined) throw new Error('no browser');
  // Chromium’s sandbox does not work for root.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

function executable(): string | undefined {
  return places.find((place) => place !== undefined && existsSync(place));
}

/** A window of its own (no shared cookies), signed in through the issuer’s page. Errors of the page’s scripts fail the test. */
export async function signedIn(
  browser: Browser,
  backofficeUrl: string,
  account: string,
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'ar' });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(backofficeUrl);
  await page.getByText('تسجيل الدخول').click();
  await page.locator('tr', { hasText: account }).getByRole('button').click();
  await page.waitForURL(new RegExp(`^${backofficeUrl}/[A-Z]`));
  return { page, errors };
}
