// Reach: a pin, who lives within, the circle beside it.

export default async function steps(at) {
  const { page, run, question, get, link, go, shot, testId, hash, settle, idle } = at;
  await run.step('reach from a pin at 5, 10 and 15 minutes', async () => {
    const { features } = await get('facilities', { function: question.function });
    const [lon, lat] = features[0].geometry.coordinates;
    await go(link(question, `&mode=reach&m=14/${lat}/${lon}`));
    run.holds('the way in is told', await page.isVisible(testId('reach-invite')));
    await run.accessible(page, 'reach, empty');
    const box = await page.locator(testId('map')).boundingBox();
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForSelector(testId('reach-table'), { timeout: 20_000 });
    await settle();
    const [pinLat, pinLon] = (await hash()).pin.split(',');
    const expected = await get('reach', { lon: pinLon, lat: pinLat, profile: question.profile, cutoff_min: '5,10,15' });
    const cells = await page.$$eval(testId('reach-persons'), (all) => all.map((cell) => [cell.dataset.group, Number(cell.dataset.cutoff), Number(cell.dataset.value)]));
    run.holds('every group at every cutoff', cells.length >= expected.features.length);
    for (const [group, cutoff, value] of cells) {
      const row = expected.features.find((one) => one.properties.cutoff_min === cutoff);
      run.near(`${group} within ${cutoff} min`, value, row.properties.persons[group], 1e-6);
    }
    await page.waitForTimeout(900);
    await idle();
    await shot('reach');
    await run.accessible(page, 'reach');
    await page.reload();
    await page.waitForSelector(testId('reach-table'), { timeout: 20_000 });
    await page.click(testId('reach-clear'));
    run.holds('cleared', await page.isVisible(testId('reach-invite')));
  });
}
