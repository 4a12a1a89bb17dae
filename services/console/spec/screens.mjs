/**
 * Takes pictures of every view in both languages and two sizes, and asks axe about each:
 * `node services/console/spec/screens.mjs <folder for the pictures>`. Ends with status 1 on serious violations.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { startFakeApi } from './fake-api.mjs';

const require = createRequire(import.meta.url);
const { chromium } = require('playwright-core');
const { AxeBuilder } = require('@axe-core/playwright');

const folder = process.argv[2] ?? 'screens';
const only = process.argv[3];
mkdirSync(folder, { recursive: true });
const id = (n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

const views = [
  ['welcome', '/fake/signed-out'],
  ['list', '/MUS/second-line'],
  ['all', '/MUS/all'],
  ['empty', '/MUS/all?stage=CONFRONTATION'],
  ['new', '/MUS/new'],
  ['case', `/MUS/cases/${id(122)}`],
  ['refer', `/MUS/cases/${id(481)}`, (page) => page.locator('.next button').first().click()],
  ['form', `/MUS/cases/${id(3)}`],
  ['missing', `/MUS/cases/${id(3)}`, (page) => page.locator('.form-buttons button[type=submit]').click()],
  ['closed', `/MUS/cases/${id(77)}`],
  ['unknown', `/MUS/cases/${id(9)}`],
  ['shortcuts', '/MUS/second-line', (page) => page.keyboard.press('?')],
];
const sizes = [
  ['wide', { width: 1280, height: 800 }],
  ['narrow', { width: 390, height: 844 }],
];

const fake = await startFakeApi();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
let serious = 0;
for (const language of ['ar', 'en']) {
  for (const [size, viewport] of sizes) {
    const context = await browser.newContext({
      viewport,
      reducedMotion: 'reduce',
      locale: language === 'ar' ? 'ar-OM' : 'en-GB',
    });
    await context.addInitScript((lng) => localStorage.setItem('balagh.language', lng), language);
    const page = await context.newPage();
    page.on('pageerror', (error) => console.log(`  page error: ${error.message}`));
    page.on('console', (message) =>
      message.type() === 'error' && !/40[14]|422|409/.test(message.text())
        ? console.log(`  console: ${message.text()}`)
        : undefined,
    );
    for (const [name, path, act] of views) {
      if (only !== undefined && !only.split(',').includes(name)) continue;
      if (name !== 'welcome') await page.request.get(`${fake.url}/auth/sign-in?returnTo=/mark.svg`);
      await page.goto(`${fake.url}${path}`);
      await page.waitForSelector('h1, h2');
      await page.evaluate(() => document.fonts.ready);
      await page.waitForTimeout(350);
      if (act !== undefined) await act(page).then(() => page.waitForTimeout(500));
      await page.screenshot({
        path: join(folder, `${name}-${language}-${size}.png`),
        fullPage: name !== 'shortcuts',
      });
      const { violations } = await new AxeBuilder({ page }).analyze();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (overflow > 0) console.log(`  ${name} ${language} ${size}: ${overflow}px wider than the screen`);
      for (const { id: rule, impact, nodes } of violations) {
        const grave = impact === 'serious' || impact === 'critical';
        if (grave) serious += 1;
        console.log(
          `  ${name} ${language} ${size}: ${impact} ${rule} ×${nodes.length} ${nodes[0]?.html.slice(0, 160)}`,
        );
      }
    }
    await context.close();
  }
}
await browser.close();
fake.stop();
console.log(`serious or critical violations: ${serious}`);
process.exit(serious === 0 ? 0 : 1);
