import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, type Page, type Route } from 'playwright-core';
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
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'ar' });
    page.setDefaultTimeout(20_000);
    await page.goto(`${url}/${openPage.replace('api/tenants/', '')}`);
    await field(page, 'details').waitFor();
    return page;
  };

  it('what is typed while a save is under way is unsaved, and saved before the report is registered', async () => {
    const page = await openForm();
    const sent: unknown[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push((request.postDataJSON() as Sent).answers['details']);
    });
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
    expect(sent).toEqual(['first half', 'first half, second half', undefined]);
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

const field = (page: Page, name: string) => page.locator(`[data-field="${name}"]`);
const saveButton = (page: Page) => page.locator('.form-buttons button[type=button]');
const registerButton = (page: Page) => page.locator('.form-buttons button[type=submit]');

/** The next request to this address waits until the test lets it go. */
function holdNext(page: Page, address: string): Promise<Route> {
  return new Promise((held) => void page.route(address, held, { times: 1 }));
}
