// A study that is closed opens by itself when the page asks for it.
import { openPage } from '../browser.mjs';
import { fetched, testId } from '../stage.mjs';

export default async function steps({ base, id, run, browser }) {
  const { studies } = await fetched(base, 'studies');
  if (studies.find((one) => one.id === id)?.state !== 'closed') return;
  await run.step('a closed study opens by itself', async () => {
    const { page, context, noted } = await openPage(browser, base);
    await page.goto(`${base}/?lang=en#study=${encodeURIComponent(id)}`);
    await page.waitForSelector(testId('totals'), { timeout: 120_000 });
    run.equal('console errors', JSON.stringify(noted.errors), '[]');
    await context.close();
  });
}
