// Help and the tour: a first visit is offered it, keys lead through it, it does not come back, and help starts it again.
import { openPage } from '../browser.mjs';
import { download } from '../stage.mjs';

export default async function steps(at) {
  const { base, browser, study, page, run, go, link, question, testId, shot, out } = at;
  await run.step('the tour of a first visit, by keyboard', async () => {
    const first = await openPage(browser, base, { tour: true });
    await first.page.goto(`${base}/?lang=en`);
    await first.page.waitForSelector(testId('tour'), { timeout: 60_000 });
    await first.page.waitForTimeout(600);
    await first.page.screenshot({ path: `${out}/${study.id}-tour.png` });
    await run.accessible(first.page, 'tour');
    run.holds('the tour has the focus', await first.page.evaluate(() => document.activeElement?.getAttribute('data-testid') === 'tour'));
    const all = Number((await first.page.textContent(`${testId('tour')} .tour-foot .hint`)).split(' ').at(-1));
    run.holds('a few steps', all >= 3 && all <= 6);
    for (let i = 1; i < all; i += 1) {
      await first.page.keyboard.press('ArrowRight');
      await first.page.waitForSelector(`${testId('tour')}[data-step="${i}"]`);
    }
    await first.page.keyboard.press('ArrowLeft');
    await first.page.waitForSelector(`${testId('tour')}[data-step="${all - 2}"]`);
    await first.page.keyboard.press('Escape');
    run.equal('dismissed', await first.page.locator(testId('tour')).count(), 0);
    await first.page.goto('about:blank');
    await first.page.goto(`${base}/?lang=en`);
    await first.page.waitForSelector(testId('totals'), { timeout: 60_000 });
    await first.page.waitForTimeout(600);
    run.equal('it was seen', await first.page.locator(testId('tour')).count(), 0);
    run.equal('console errors', JSON.stringify(first.noted.errors), '[]');
    await first.context.close();
  });

  await run.step('help lists questions and keys, and starts the tour again', async () => {
    await go(link(question));
    await page.click(testId('help'));
    await page.waitForSelector(testId('help-panel'));
    run.equal('every question is explained', await page.locator('.help-modes dt').count(), await page.locator(`${testId('modes')} button`).count());
    await run.accessible(page, 'help');
    await shot('help');
    await page.keyboard.press('Escape');
    await page.waitForSelector(testId('help-panel'), { state: 'detached', timeout: 5_000 });
    await page.click(testId('help'));
    await page.click(testId('tour-start'));
    await page.waitForSelector(`${testId('tour')}[data-step="0"]`);
    await page.click(testId('tour-skip'));
    run.equal('skipped', await page.locator(testId('tour')).count(), 0);
  });

  await run.step('the map as a picture', async () => {
    await go(link(question));
    const { bytes, name } = await download(page, testId('picture'), `${out}/${study.id}-picture.png`);
    run.equal('its name', name, `${study.id}-map.png`);
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    const box = await page.locator(`${testId('map')} canvas`).first().boundingBox();
    run.near('as wide as the map', width, box.width, 2);
    run.holds('with room for title and sources', height > box.height + 60);
    run.holds('it holds more than one color', bytes.length > 30_000);
  });
}
