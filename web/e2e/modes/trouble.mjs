// Refusals and a silent server are told, and forgiven.
import { openPage, totalsFor } from '../browser.mjs';
import { testId } from '../stage.mjs';

const REFUSAL = { type: 'about:blank', title: 'refused', status: 422, detail: 'cutoff_min must be a whole number' };

export default async function steps({ base, study, run, question, browser, out }) {
  await run.step('a refusal and a silent server are told, and forgiven', async () => {
    const { page, context } = await openPage(browser, base);
    const address = `${base}/?lang=en#study=${encodeURIComponent(study.id)}`;
    await page.route('**/api/v1/studies/*/coverage?*', (route) => route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify(REFUSAL) }));
    await page.goto(address);
    await page.waitForSelector(testId('notice-error'), { timeout: 20_000 });
    run.holds('the detail is shown', (await page.textContent(testId('notice-error'))).includes(REFUSAL.detail));
    await page.unroute('**/api/v1/studies/*/coverage?*');
    await page.click(`${testId('notice-error')} button`);
    await totalsFor(page, { functionId: question.function, cutoffMin: question.cutoff_min });
    await page.route('**/api/v1/**', (route) => route.abort());
    await page.focus(testId('cutoff'));
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector(testId('notice-offline'), { timeout: 20_000 });
    await page.screenshot({ path: `${out}/${study.id}-offline.png` });
    await run.accessible(page, 'offline');
    await page.goto('about:blank');
    await page.goto(address);
    await page.waitForSelector(testId('notice-offline'), { timeout: 20_000 });
    await page.unroute('**/api/v1/**');
    await page.click(`${testId('notice-offline')} button`);
    await page.waitForSelector(testId('totals'), { timeout: 20_000 });
    await context.close();
  });
}
