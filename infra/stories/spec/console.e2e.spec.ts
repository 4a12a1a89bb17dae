import AxeBuilder from '@axe-core/playwright';
import { type Browser, type Page } from 'playwright-core';
import { proves } from '@balagh/testing';
import { openBrowser, signedIn, whyNoBrowser } from './browser';
import { LaunchedSystem } from './launched-system';

const why = whyNoBrowser();

/** Three lines at three screens, and what they see of each other's work. */
function threeScreens(): void {
  const system = new LaunchedSystem();
  let browser: Browser;
  let consoleUrl: string;
  beforeAll(async () => {
    consoleUrl = (await system.start()).backofficeUrl;
    browser = await openBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await system.stop();
  }, 60_000);

  const signIn = async (account: string): Promise<Page> =>
    (await signedIn(browser, consoleUrl, account)).page;
  const openCase = (page: Page, number: string): Promise<void> =>
    page.getByRole('link', { name: number }).click();

  it('one report goes from the telephone to the closed page, each line doing its part', async () => {
    proves('SYS-05');
    const agent = await signIn('mus.agent');
    const number = await register(agent);
    expect(number).toMatch(/^MUS-\d{4}-\d{6}$/);
    expect(await agent.locator('.timeline > li').first().innerText()).toContain('فُتحت صفحة جديدة');
    const distributor = await signIn('mus.distributor');
    await openCase(distributor, number);
    await act(distributor, 'إحالة إلى الجهة المسؤولة');
    await stage(distributor, 'لدى الجهة المسؤولة');
    const cleaning = await signIn('mus.cleaning');
    await openCase(cleaning, number);
    await act(cleaning, 'تأكيد الاستلام');
    expect(await cleaning.getByRole('button', { name: 'إغلاق الصفحة' }).count()).toBe(0);
    await act(cleaning, 'إرسال الرد إلى الموزع', 'رُفعت النفايات وغُسلت الحاوية.');
    await stage(cleaning, 'ورد رد الجهة');
    // Nobody reloads: the distributor's page follows by itself.
    await stage(distributor, 'ورد رد الجهة');
    await act(distributor, 'إرسال الرد إلى صاحب البلاغ');
    await stage(distributor, 'أُبلغ صاحب البلاغ');
    await act(distributor, 'إغلاق الصفحة');
    await stage(distributor, 'مغلق');
    for (const page of [agent, distributor, cleaning]) expect(await graveViolations(page)).toEqual([]);
  }, 150_000);

  it('who decided on an old state is told so and sees the latest one', async () => {
    const number = await register(await signIn('mus.agent'));
    const [first, second] = [await signIn('mus.distributor'), await signIn('mus.distributor')];
    await openCase(first, number);
    await openCase(second, number);
    await second.getByRole('button', { name: 'تسجيل متابعة' }).click();
    await second.locator('.action-form').getByRole('textbox').fill('اتصال أول');
    // The second screen hears nothing until it has sent what was decided on the old state.
    let sent = false;
    await second.route('**/api/tenants/**', (route) => {
      sent ||= route.request().method() === 'POST';
      return sent ? route.continue() : route.abort();
    });
    await act(first, 'إحالة إلى الجهة المسؤولة');
    await stage(first, 'لدى الجهة المسؤولة');
    await second.locator('.action-form button[type=submit]').click();
    await second.getByText('تغيّر البلاغ بعد أن فتحتموه').waitFor();
    await stage(second, 'لدى الجهة المسؤولة');
  }, 120_000);

  it('another party finds the case neither in its list nor behind its address', async () => {
    const agent = await signIn('mus.agent');
    const number = await register(agent);
    const roads = await signIn('mus.roads');
    await roads.goto(`${consoleUrl}/MUS/all?text=${number}`);
    await roads.getByText('لا يوجد بلاغ بهذه الشروط').waitFor();
    await roads.goto(agent.url());
    await roads.getByText('لا يوجد هذا البلاغ').waitFor();
  }, 90_000);
}

describe('the three lines in a real browser', () => {
  if (why === undefined) threeScreens();
  else it(`not run: ${why}`, () => console.warn(`browser suites not run: ${why}`));
});

/** A page opened by telephone, filled and registered; answers its number. */
async function register(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'صفحة جديدة' }).first().click();
  await page.getByRole('button', { name: 'هاتف 1111' }).click();
  await page.locator('form.case-form').waitFor();
  await choose(page, 'النوع', 'بلاغ');
  await choose(page, 'التصنيف', 'النظافة');
  await choose(page, 'المديرية', 'مديرية الخدمات البلدية');
  await choose(page, 'القسم', 'قسم النظافة');
  await page.locator('[data-field=details]').fill('حاوية ممتلئة قرب المدرسة (مثال)');
  await page.locator('[data-field=phone]').fill('٩٠٠٠٠٠٠١');
  await page.getByRole('button', { name: 'تسجيل البلاغ' }).click();
  await page.locator('.just-registered .number').or(page.getByRole('alert')).first().waitFor();
  expect(await page.getByRole('alert').allInnerTexts()).toEqual([]);
  return page.locator('.just-registered .number').innerText();
}

async function choose(page: Page, field: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: field }).first().click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Opens the small form of an act, writes the given text if any, and does it. */
async function act(page: Page, name: string, text?: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  const form = page.locator('.action-form');
  if (text !== undefined) await form.getByRole('textbox').first().fill(text);
  await form.locator('button[type=submit]').click();
  await form.waitFor({ state: 'detached' });
}

/** Waits until the page shows the case in this stage, as the screen calls it. */
function stage(page: Page, name: string): Promise<void> {
  return page.locator('.case-title .stage', { hasText: name }).waitFor();
}

async function graveViolations(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id);
}
