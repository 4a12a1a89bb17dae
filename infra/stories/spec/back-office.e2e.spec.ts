import AxeBuilder from '@axe-core/playwright';
import { randomUUID } from 'node:crypto';
import { type Browser, type Page } from 'playwright-core';
import { proves } from '@balagh/testing';
import { World } from '../src';
import { reportByApp, solvedByAgency } from '../src/s3-water-note.story';
import { openBrowser, signedIn, whyNoBrowser } from './browser';
import { LaunchedSystem } from './launched-system';

const why = whyNoBrowser();

function inARealBrowser(): void {
  const system = new LaunchedSystem();
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    world = new World(await system.start());
    browser = await openBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    world?.close();
    await system.stop();
  }, 60_000);

  it('S3: the distributor transfers, replies and closes; the agency answers in between', async () => {
    proves('SYS-05');
    const reporter = { phone: '+96890001234', email: `reporter.${randomUUID().slice(0, 8)}@mail.example` };
    const { caseNumber } = await reportByApp(world, reporter);
    const { page, errors } = await signedIn(browser, system.endpoints().backofficeUrl, 'mus.distributor');
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');

    await page.getByText(caseNumber).first().click();
    await page.getByText('تسرب مياه في الشارع أمام المنزل').first().waitFor();
    await act(page, 'تحويل إلى جهة شريكة');
    await world.messageWith('SMS', caseNumber, 'حيا للمياه');
    await solvedByAgency(world, caseNumber);
    // The page follows by itself: nobody reloads it.
    await page.getByRole('button', { name: 'إرسال الرد إلى صاحب البلاغ' }).waitFor();
    expect(await page.getByRole('button', { name: 'إغلاق الصفحة' }).count()).toBe(0);
    await act(page, 'إرسال الرد إلى صاحب البلاغ');
    const mail = await world.messageWith('EMAIL', caseNumber, 'تم إصلاح التسرب');
    expect(mail.to).toBe(reporter.email);
    await page.getByRole('button', { name: 'إغلاق الصفحة' }).waitFor();
    await act(page, 'إغلاق الصفحة');
    await page.getByText('الصفحة مغلقة وللقراءة فقط').waitFor();
    expect(page.url()).not.toContain(encodeURIComponent(reporter.phone));
    expect(errors).toEqual([]);
    await page.context().close();
  }, 180_000);

  it('a page behind the last one leads to the last one', async () => {
    const { page, errors } = await signedIn(browser, system.endpoints().backofficeUrl, 'mus.supervisor');
    const anyNumber = page.getByText(/MUS-\d{4}-\d{6}/).first();
    for (const behind of ['3', '401', '99999999999', 'x']) {
      await page.goto(`${system.endpoints().backofficeUrl}/MUS/all?sort=newest&page=${behind}`);
      await anyNumber.waitFor();
      if (behind !== 'x') await page.waitForURL(/\/MUS\/all\?sort=newest$/);
      expect(await page.getByRole('alert').count()).toBe(0);
    }
    expect(errors).toEqual([]);
    await page.context().close();
  }, 120_000);

  it('line 1 opens a page, is told in Arabic what is missing, and registers it', async () => {
    proves('SYS-05');
    const { page, errors } = await signedIn(browser, system.endpoints().backofficeUrl, 'mus.agent');
    await page.getByText('صفحة جديدة').first().waitFor();
    await page.keyboard.press('n');
    await page.waitForURL(/\/MUS\/new$/);
    await page.getByText('1111').first().click();
    await page.waitForURL(/\/MUS\/cases\//);
    await page.getByRole('button', { name: 'تسجيل البلاغ' }).click();
    await page.getByText('بيانات لا يُسجَّل البلاغ بدونها').waitFor();
    await choose(page, 'النوع', 'ملاحظة');
    await choose(page, /^التصنيف/, 'المياه');
    await page.getByLabel(/^تفاصيل الحالة/).fill('انقطاع المياه منذ الصباح');
    await page.getByLabel(/^رقم الهاتف/).fill('+968 9000 4321');
    await page.getByRole('button', { name: 'تسجيل البلاغ' }).click();
    await page
      .getByText(/MUS-\d{4}-\d{6}/)
      .first()
      .waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  }, 120_000);

  it('lists and case pages have no serious accessibility fault, in Arabic and in English', async () => {
    const { page } = await signedIn(browser, system.endpoints().backofficeUrl, 'mus.supervisor');
    const seriousFaults = async (): Promise<string[]> => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id }) => id);
    };
    await page.getByText('كل البلاغات').first().click();
    await page
      .getByText(/MUS-\d{4}-\d{6}/)
      .first()
      .waitFor();
    expect(await seriousFaults()).toEqual([]);
    await page.getByText('English').click();
    expect(await page.locator('html').getAttribute('dir')).toBe('ltr');
    await page
      .getByText(/MUS-\d{4}-\d{6}/)
      .first()
      .click();
    await page.getByText('What happened, in order').or(page.locator('main h1')).first().waitFor();
    expect(await seriousFaults()).toEqual([]);
    await page.context().close();
  }, 120_000);
}

describe('the back office in a real browser', () => {
  if (why === undefined) inARealBrowser();
  else it(`not run: ${why}`, () => console.warn(`browser suites not run: ${why}`));
});

/** Opens an act’s small form and sends it as it is proposed. */
async function act(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
  const form = page.locator('form.action-form');
  await form.waitFor();
  await form.locator('button[type=submit]').click();
  await form.waitFor({ state: 'detached' });
}

async function choose(page: Page, label: string | RegExp, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).or(page.getByLabel(label)).first().click();
  await page.getByRole('option', { name: option }).first().click();
}
