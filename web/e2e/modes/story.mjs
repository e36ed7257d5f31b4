// The ten minutes of a planner: the worst gap, three sites, the comparison, the report. Numbers follow from one to the next.

export default async function steps(at) {
  const { page, run, question, study, get, link, go, shot, testId, valueOf, hash, settle, idle } = at;
  if (study.id === 'mock') return;
  const began = Date.now();
  await run.step('ten minutes: the worst gap', async () => {
    await go(link(question));
    await shot('story-1-coverage');
    await page.click(testId('mode-gaps'));
    await page.waitForSelector(testId('gap'), { timeout: 30_000 });
    await page.click(`${testId('gap')} button >> nth=1`);
    await page.waitForSelector(testId('verdict'), { timeout: 30_000 });
    run.equal('the place is left out', await page.getAttribute(testId('verdict'), 'data-within'), 'false');
    await page.waitForTimeout(1200);
    await idle();
    await shot('story-2-worst-gap');
  });
  await run.step('ten minutes: three sites where they help most', async () => {
    await page.click(testId('mode-whatif'));
    await page.click(testId('gain'));
    let covered = await valueOf('after-covered');
    for (let n = 1; n <= 3; n += 1) {
      await page.waitForSelector(testId('gain-open'), { timeout: 60_000 });
      await settle();
      await page.locator(testId('gain-open')).first().click();
      await page.waitForFunction(([selector, count]) => document.querySelectorAll(selector).length === count, [testId('edit'), n], { timeout: 30_000 });
      await page.waitForSelector(`${testId('before-after')}[data-fresh="true"][data-live="no"]`, { timeout: 30_000 });
      await settle();
      const now = await valueOf('after-covered');
      run.holds(`site ${n} helps`, now > covered);
      covered = now;
    }
    await page.click(testId('gain'));
    await page.click(testId('fit'));
    await page.waitForTimeout(700);
    await idle();
    await shot('story-3-three-sites');
  });
  await run.step('ten minutes: compare', async () => {
    await page.click(testId('mode-compare'));
    await page.waitForSelector(`${testId('comparison')}[data-fresh="true"]`, { timeout: 30_000 });
    await settle();
    const expected = await get('coverage', { ...question, scenario: (await hash()).s });
    run.equal('covered afterwards', await valueOf('compare-b'), expected.covered_persons);
    await page.waitForTimeout(1200);
    await idle();
    await shot('story-4-compare');
  });
  await run.step('ten minutes: the report', async () => {
    if (!(await page.isVisible(testId('mode-audit')))) return console.log('     no audit here');
    await page.click(testId('mode-audit'));
    await page.click(testId('audit-run'));
    await page.waitForSelector(testId('findings'), { timeout: 180_000 });
    await page.waitForSelector(`${testId('file')}[data-name="report.html"]`, { timeout: 60_000 });
    await shot('story-5-report');
    run.holds('done in ten minutes', Date.now() - began < 600_000);
    return undefined;
  });
}
