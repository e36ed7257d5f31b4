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
    return run.accessible(page, 'gaps');
  });
}
