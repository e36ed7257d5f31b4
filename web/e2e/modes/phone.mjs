// The page on a phone: the sheet, the bar of modes, a place.
import { mapIdle, openPage, totalsFor } from '../browser.mjs';
import { settle, testId } from '../stage.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };

export default async function steps({ base, study, run, question, browser, out }) {
  for (const [name, colorScheme, language] of [['phone-light-zh', 'light', 'zh'], ['phone-dark-en', 'dark', 'en']]) {
    await run.step(`a phone, ${name}`, async () => {
      const { page, context, noted } = await openPage(browser, base, { ...PHONE, colorScheme });
      const shot = (what) => page.screenshot({ path: `${out}/${study.id}-${what}.png` });
      await page.goto(`${base}/?lang=${language}#study=${encodeURIComponent(study.id)}`);
      await mapIdle(page);
      await totalsFor(page, { functionId: question.function, cutoffMin: question.cutoff_min });
      await shot(name);
      run.equal('no sideways scrolling', await page.evaluate(() => document.documentElement.scrollWidth), 390);
      await run.accessible(page, name);
      await page.click(testId('sheet-handle'));
      await settle(page);
      await shot(`${name}-full`);
      await page.click(testId('sheet-handle'));
      await settle(page);
      run.holds('the map is in view', (await page.locator(testId('panel')).boundingBox()).y > 640);
      await page.touchscreen.tap(195, 430);
      await page.waitForSelector(testId('why'), { timeout: 20_000 });
      await settle(page);
      await shot(`${name}-place`);
      await run.accessible(page, `${name}, place`);
      for (const mode of await page.$$eval('[data-mode]', (all) => all.map((one) => one.dataset.mode))) {
        await page.click(testId(`mode-${mode}`));
        await mapIdle(page);
        await shot(`${name}-${mode}`);
        run.equal(`no sideways scrolling, ${mode}`, await page.evaluate(() => document.documentElement.scrollWidth), 390);
        await run.accessible(page, `${name}, ${mode}`);
      }
      run.equal('console errors', JSON.stringify(noted.errors), '[]');
      run.equal('requests to other hosts', JSON.stringify(noted.foreign), '[]');
      await context.close();
    });
  }
}
