// Explore: a place explained, the walk to the nearest, layers, the keyboard.

export default async function steps(at) {
  const { page, run, question, get, link, go, shot, testId, valueOf, hash, settle, idle } = at;
  let place = null;
  await run.step('a click on the map explains the place', async () => {
    const { features } = await get('facilities', { function: question.function });
    const [lon, lat] = features[Math.floor(features.length / 2)].geometry.coordinates;
    await go(link(question, `&mode=explore&m=15/${lat}/${lon}`));
    const box = await page.locator(testId('map')).boundingBox();
    await page.mouse.click(box.x + box.width / 2 + 40, box.y + box.height / 2 + 30);
    await page.waitForSelector(`${testId('why')}[data-state="ready"]`, { timeout: 20_000 });
    await settle();
    const [pinLat, pinLon] = (await hash()).pin.split(',').map(Number);
    place = { lon: pinLon, lat: pinLat };
    run.near('the pin is where the click was, east', pinLon, lon, 0.01);
    const expected = await get('why', { ...place, profile: question.profile, cutoff_min: question.cutoff_min });
    if (expected.snapped === null) return run.holds('the reason is told', (await page.textContent(testId('why-reason'))).length > 10);
    for (const row of expected.functions) {
      const shown = await page.$$eval(`${testId('nearest')}[data-function="${row.function}"] .near-min`, (cells) => cells.map((cell) => Number(cell.dataset.value)));
      run.equal(`nearest two of ${row.function}`, JSON.stringify(shown), JSON.stringify(row.nearest.map((near) => near.min)));
    }
    run.equal('failing rules', await page.locator(`${testId('rule')}[data-passes="false"]`).count(), expected.rules.filter((rule) => !rule.passes).length);
    return run.accessible(page, 'place');
  });

  await run.step('the walk to the nearest facility', async () => {
    const row = page.locator(testId('near')).first();
    if ((await row.count()) === 0) return console.log('     nothing in reach');
    const minutes = Number(await row.locator('.near-min').getAttribute('data-value'));
    await row.click();
    await page.waitForSelector(testId('walk'), { timeout: 20_000 });
    run.near('minutes of the walk', await valueOf('walk'), minutes, 1e-6);
    await page.waitForTimeout(900);
    await idle();
    return shot('place-walk');
  });

  await run.step('the map center by keyboard', async () => {
    await page.focus(testId('inspect-center'));
    await page.keyboard.press('Enter');
    await page.waitForSelector(`${testId('why')}[data-state="ready"]`, { timeout: 20_000 });
    await page.keyboard.press('Escape');
    run.equal('closed by escape', await page.locator(testId('why')).count(), 0);
  });

  await run.step('layers go and come back, and the link keeps them', async () => {
    await go(link(question, '&mode=explore'));
    await page.locator(testId('layer-demand')).focus();
    await page.keyboard.press('Space');
    await settle();
    run.equal('in the link', (await hash()).off, 'demand');
    await page.reload();
    await idle();
    run.equal('after reload', await page.isChecked(testId('layer-demand')), false);
    run.equal('mode after reload', await page.getAttribute(testId('mode-explore'), 'aria-current'), 'page');
    await run.accessible(page, 'layers');
    await page.click(testId('layer-demand'));
  });
  await run.step('search by name, by keyboard', async () => {
    await go(link(question, '&mode=explore'));
    if (!(await page.isVisible(testId('search')))) return console.log('     the server does not search');
    const { features } = await get('facilities', { function: question.function });
    const { name } = features.find((one) => one.properties.name !== '')?.properties ?? { name: 'a' };
    await page.fill(testId('search'), name);
    await page.waitForSelector(testId('search-hit'), { timeout: 20_000 });
    const { results } = await get('search', { q: name, limit: 12 });
    run.equal('hits', await page.locator(testId('search-hit')).count(), results.length);
    run.holds('the first one bears the name', (await page.locator(testId('search-hit')).first().textContent()).includes(results[0].name));
    await run.accessible(page, 'search');
    const before = (await hash()).m;
    await page.keyboard.press('Enter');
    await page.waitForTimeout(1000);
    await idle();
    run.holds('the map flies there', (await hash()).m !== before);
    await page.fill(testId('search'), 'qqqqzz');
    await page.waitForFunction((selector) => document.querySelector(selector).textContent.includes('qqqqzz'), testId('search-status'), { timeout: 20_000 });
    await page.keyboard.press('Escape');
    return undefined;
  });
}
