// A file brought in: what was understood is shown first; discarded it leaves nothing, accepted as candidates it can be searched.
export default async function steps(at) {
  const { page, run, noted, study, question, get, link, go, shot, testId } = at;
  const [west, south, east, north] = study.bounds;
  const [lon, lat] = [(west + east) / 2, (south + north) / 2];
  const { features } = await get('facilities', { function: question.function });
  const near = features[0]?.geometry.coordinates ?? [lon, lat];
  const put = (text, name = 'sites.csv') => page.setInputFiles(testId('upload-file'), { name, mimeType: 'text/csv', buffer: Buffer.from(text) });

  await run.step('a file of facilities is shown, and discarded', async () => {
    await go(link(question, '&mode=explore'));
    await page.click(testId('upload-open'));
    await page.waitForSelector(testId('upload'));
    await run.accessible(page, 'upload');
    await put(`name,lon,lat,function\nOne,${near[0] + 0.001},${near[1] + 0.001},${question.function}\nNowhere,,,${question.function}\n`);
    await page.waitForSelector(testId('import-report'), { timeout: 30_000 });
    run.equal('one is kept', Number(await page.getAttribute(testId('import-report'), 'data-kept')), 1);
    run.holds('what was skipped is said', (await page.locator('.issues li').count()) > 0);
    await shot('upload');
    await run.accessible(page, 'upload, told');
    await page.click(testId('upload-discard'));
    run.equal('closed', await page.locator(testId('upload')).count(), 0);
    run.equal('nothing was kept', (await get('facilities', { function: question.function })).features.length, features.length);
  });

  await run.step('a file that is no table is refused with a reason', async () => {
    await page.click(testId('upload-open'));
    await put('\u0000\u0001\u0002', 'picture.csv');
    await page.waitForSelector(`${testId('upload')} ${testId('notice-error')}, ${testId('import-report')}`, { timeout: 30_000 });
    run.equal('refused', await page.locator(`${testId('upload')} ${testId('notice-error')}`).count(), 1);
    // Browsers log every refused request by themselves.
    run.equal('refused once', noted.errors.filter((text) => text.includes('status of 422')).length, 1);
    noted.errors = noted.errors.filter((text) => !text.includes('status of 422'));
    await page.keyboard.press('Escape');
    await page.waitForSelector(testId('upload'), { state: 'detached', timeout: 5_000 });
  });

  await run.step('a file of candidates is searched', async () => {
    await go(link(question, '&mode=place'));
    await page.selectOption(testId('place-from'), '+file');
    await page.waitForSelector(testId('upload'));
    await put(`id,name,lon,lat,cost\na,First,${near[0]},${near[1]},2\nb,Second,${near[0] + 0.004},${near[1] + 0.002},1\n`, 'candidates.csv');
    await page.waitForSelector(testId('import-report'), { timeout: 30_000 });
    await page.click(testId('upload-accept'));
    await page.waitForFunction((selector) => document.querySelector(selector)?.value.startsWith('file:'), testId('place-from'));
    await page.click(testId('place-run'));
    await page.waitForSelector(`${testId('plan')}, ${testId('plan-nothing')}`, { timeout: 60_000 });
    await shot('upload-candidates');
  });
}
