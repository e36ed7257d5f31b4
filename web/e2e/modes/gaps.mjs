// Gaps: the list and the map, and why.

export default async function steps(at) {
  const { page, run, question, get, link, go, shot, asked, testId, hash, idle } = at;
  await run.step('gaps: list and map', async () => {
    await go(link(question, '&mode=gaps'));
    await asked();
    const { features } = await get('gaps', question);
    if (features.length === 0) return console.log('     no gap here');
    const persons = await page.$$eval(testId('gap'), (rows) => rows.map((row) => Number(row.dataset.value)));
    features.slice(0, persons.length).forEach((gap, i) => run.equal(`persons of gap ${i + 1}`, persons[i], gap.properties.persons));
    const before = (await hash()).m;
    await page.click(`${testId('gap')} button >> nth=0`);
    await page.waitForTimeout(1000);
    await idle();
    run.holds('the map flies to the gap', (await hash()).m !== before);
    await shot('gaps');
    await run.accessible(page, 'gaps');
    await page.click(`${testId('gap')} button >> nth=1`);
    await page.waitForSelector(`${testId('why')}[data-state="ready"]`, { timeout: 20_000 });
    const { lon, lat } = features[0].properties;
    const why = await get('why', { lon: lon.toFixed(6), lat: lat.toFixed(6), profile: question.profile, cutoff_min: question.cutoff_min });
    const row = why.functions.find((one) => one.function === question.function);
    if (why.snapped !== null) run.equal('the verdict', await page.getAttribute(testId('verdict'), 'data-within'), String(row.within));
    if (row.nearest.length > 0) {
      await page.waitForSelector(testId('walk'), { timeout: 20_000 });
      run.near('the walk is drawn unasked', Number(await page.getAttribute(testId('walk'), 'data-value')), row.nearest[0].min, 1e-6);
    }
    await page.waitForTimeout(1200);
    await idle();
    await shot('gaps-why');
    return run.accessible(page, 'gaps, why');
  });
}
