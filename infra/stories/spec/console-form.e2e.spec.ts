import AxeBuilder from '@axe-core/playwright';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, type Page, type Route } from 'playwright-core';
import { eventually } from '@balagh/testing';
import { openBrowser, whyNoBrowser } from './browser';

const why = whyNoBrowser();
const openPage = 'api/tenants/MUS/cases/00000000-0000-4000-8000-000000000003';

/** The built console over invented cases, in a process of its own; every test begins with fresh ones. */
function formOverInventedCases(): void {
  let browser: Browser;
  let api: ChildProcess;
  let url: string;
  beforeAll(async () => (browser = await openBrowser()), 60_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    const script = join(__dirname, '../../../services/console/spec/fake-api.mjs');
    api = spawn(process.execPath, [script, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(api.stdout!, 'data')) as [Buffer];
    url = /http:\S+/.exec(line.toString())![0];
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    api.kill();
  });

  const openForm = async (): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'ar' });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.clock.install();
    await page.goto(`${url}/${openPage.replace('api/tenants/', '')}`);
    await field(page, 'details').waitFor();
    return page;
  };

  it('what is typed while a save is under way is unsaved, and saved before the report is registered', async () => {
    const page = await openForm();
    const sent = commandsOf(page);
    const held = holdNext(page, '**/actions/fill');
    await field(page, 'details').fill('first half');
    await saveButton(page).click();
    const saving = await held;
    await field(page, 'details').fill('first half, second half');
    await saving.continue();
    await page.getByText('حُفظت البيانات').waitFor();
    expect(await page.locator('.form-buttons [role=status]').innerText()).toBe('بيانات لم تُحفظ');
    expect(await saveButton(page).isEnabled()).toBe(true);
    await registerButton(page).click();
    await page.locator('.just-registered').waitFor();
    expect(sent).toEqual([
      { decisionVersion: 1, answers: { details: 'first half' } },
      { decisionVersion: 2, answers: { details: 'first half, second half' } },
      { decisionVersion: 3, answers: {} },
    ]);
  }, 60_000);

  it('other people’s answers are taken over where nobody touched them, and never undone', async () => {
    const page = await openForm();
    const sent = commandsOf(page);
    await field(page, 'details').fill('a leak');
    await byAnother(page, { phone: '95555555' });
    await readAgain(page);
    await eventually(async () => (await field(page, 'phone').inputValue()) === '95555555', {
      what: 'the other answer',
      deadlineMs: 20_000,
    });
    await saveButton(page).click();
    await page.getByText('حُفظت البيانات').waitFor();
    expect(sent).toEqual([{ decisionVersion: 2, answers: { details: 'a leak' } }]);
  }, 60_000);

  it('what two people changed at once is shown, and sent only after a choice', async () => {
    const page = await openForm();
    const sent = commandsOf(page);
    for (const name of ['phone', 'email', 'details']) await field(page, name).fill(`mine ${name}`);
    await byAnother(page, { phone: '95555555', email: 'theirs@example.com' });
    // Refused as stale: nobody told this screen.
    await saveButton(page).click();
    const contested = page.getByRole('alert').filter({ hasText: 'غيّر غيركم هذه البيانات' });
    await contested.waitFor();
    expect(await contested.innerText()).toMatch(/95555555[^]*theirs@example\.com/);
    expect([await saveButton(page).isEnabled(), await registerButton(page).isEnabled()]).toEqual([
      false,
      false,
    ]);
    expect(await field(page, 'phone').inputValue()).toBe('mine phone');
    const { violations } = await new AxeBuilder({ page }).include('.case-form').analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await contested
      .getByRole('button', { name: /إبقاء ما كتبتموه/ })
      .first()
      .click();
    await contested.getByRole('button', { name: /أخذ ما حُفظ/ }).click();
    await contested.waitFor({ state: 'detached' });
    await saveButton(page).click();
    await page.getByText('حُفظت البيانات').waitFor();
    expect(await field(page, 'email').inputValue()).toBe('theirs@example.com');
    expect(sent.slice(1)).toEqual([
      { decisionVersion: 2, answers: { phone: 'mine phone', details: 'mine details' } },
    ]);
  }, 60_000);

  it('what was typed outlives the end of the session, and is saved after signing in again', async () => {
    const page = await openForm();
    await field(page, 'details').fill('a long report');
    await page.request.get(`${url}/fake/signed-out`);
    await saveButton(page).click();
    const notice = page.getByRole('dialog', { name: 'انتهت جلستكم' });
    await notice.waitFor();
    const [tab] = await Promise.all([
      page.context().waitForEvent('page'),
      notice.getByRole('link', { name: 'تسجيل الدخول' }).click(),
    ]);
    await tab.getByText('سُجّل دخولكم من جديد').waitFor();
    await tab.close();
    await notice.getByRole('button', { name: 'سجّلتُ الدخول' }).click();
    await notice.waitFor({ state: 'detached' });
    expect(await field(page, 'details').inputValue()).toBe('a long report');
    await saveButton(page).click();
    await page.getByText('حُفظت البيانات').waitFor();
  }, 60_000);

  it('commands and what a person opens are marked as acts, polls are not', async () => {
    const page = await openForm();
    const marks: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (/\/cases\/[^/]+$|\/actions\//.test(request.url())) marks.push(request.headers()['x-balagh-act']);
    });
    await readAgain(page);
    await eventually(() => Promise.resolve(marks.length > 0), { what: 'a poll', deadlineMs: 20_000 });
    expect(marks).toEqual([undefined]);
    await field(page, 'details').fill('a leak');
    await saveButton(page).click();
    await page.getByText('حُفظت البيانات').waitFor();
    expect(marks[1]).toBe('1');
  }, 60_000);
}

describe('the form of an open page in a real browser', () => {
  if (why === undefined) formOverInventedCases();
  else it(`not run: ${why}`, () => console.warn(`browser suites not run: ${why}`));
});

interface Sent {
  readonly decisionVersion: number;
  readonly answers: Readonly<Record<string, unknown>>;
}

/** What the console sends from now on, in order. */
function commandsOf(page: Page): readonly Sent[] {
  const sent: Sent[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/actions/')) sent.push(request.postDataJSON() as Sent);
  });
  return sent;
}

/** Another person's answers to the same page, through the API. */
async function byAnother(page: Page, answers: Readonly<Record<string, string>>): Promise<void> {
  const address = `${new URL(page.url()).origin}/${openPage}`;
  const shown = (await (await page.request.get(address)).json()) as { case: { decisionVersion: number } };
  const { decisionVersion } = shown.case;
  const answered = await page.request.post(`${address}/actions/fill`, { data: { decisionVersion, answers } });
  expect(answered.status()).toBe(200);
}

/** The minute after which the console reads its page again passes at once. */
async function readAgain(page: Page): Promise<void> {
  await page.clock.fastForward(61_000);
}

const field = (page: Page, name: string) => page.locator(`[data-field="${name}"]`);
const saveButton = (page: Page) => page.locator('.form-buttons button[type=button]');
const registerButton = (page: Page) => page.locator('.form-buttons button[type=submit]');

/** The next request to this address waits until the test lets it go. */
function holdNext(page: Page, address: string): Promise<Route> {
  return new Promise((held) => void page.route(address, held, { times: 1 }));
}
