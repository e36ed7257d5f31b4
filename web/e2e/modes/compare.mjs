// Compare: the study as it stands against a scenario, side by side and swiped; numbers equal the server's.
import { fetched } from '../stage.mjs';

export default async function steps(at) {
  const { page, run, question, study, base, get, link, go, shot, testId, valueOf, hash, settle, idle } = at;
  const S = `studies/${encodeURIComponent(study.id)}`;
  await run.step('two states compared', async () => {
    const { features } = await get('gaps', question);
    const worst = features[0]?.properties;
    if (worst === undefined) return console.log('     nobody is left out here');
    const post = (path, body) => fetched(base, `${S}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const made = await post('scenarios', { name: 'To compare' });
    await post(`scenarios/${made.id}/edits`, { edit: { edit: 'open_facility', key: 'new-1', name: 'One', place: [worst.lon, worst.lat], offers: [{ function: question.function }] }, ...question });
    await go(link(question, `&mode=compare&s=${made.id}`));
    await page.waitForSelector(`${testId('comparison')}[data-fresh="true"]`, { timeout: 30_000 });
    const expected = await get('compare', { a: 'baseline', b: made.id, ...question });
    run.equal('before', await valueOf('compare-a'), expected.a.covered_persons);
    run.equal('after', await valueOf('compare-b'), expected.b.covered_persons);
    run.equal('gained', await valueOf('gained'), expected.gained_persons);
    run.equal('lost', await valueOf('lost'), expected.lost_persons);
    run.near('gained less lost is the difference', expected.gained_persons - expected.lost_persons, expected.b.covered_persons - expected.a.covered_persons, 1e-3);
    const zones = expected.zones.filter((zone) => zone.gained_persons > 0 || zone.lost_persons > 0).length;
    run.equal('zones that change', await page.locator(`${testId('compare-zones')} tbody tr`).count(), Math.min(12, zones));
    run.holds('two maps', await page.isVisible(`${testId('mirror')} canvas`));
    await page.waitForTimeout(1500);
    await idle();
    await shot('compare-side');
    await run.accessible(page, 'compare');
    await page.click(testId('layout-swipe'));
    await page.waitForTimeout(900);
    await page.focus(testId('edge'));
    const was = Number(await page.getAttribute(testId('edge'), 'aria-valuenow'));
    for (let i = 0; i < 5; i += 1) await page.keyboard.press('ArrowLeft');
    run.equal('the edge moves by keys', Number(await page.getAttribute(testId('edge'), 'aria-valuenow')), was - 10);
    await idle();
    await shot('compare-swipe');
    await run.accessible(page, 'compare, swiped');
    await page.click(testId('compare-swap'));
    await page.waitForFunction((selector) => document.querySelector(selector)?.value === 'baseline', testId('compare-after'), { timeout: 20_000 });
    await page.waitForSelector(`${testId('comparison')}[data-fresh="true"]`, { timeout: 30_000 });
    run.equal('swapped', await valueOf('compare-b'), expected.a.covered_persons);
    await settle();
    run.equal('in the link', (await hash()).b, made.id);
    await page.reload();
    await page.waitForSelector(`${testId('comparison')}[data-fresh="true"]`, { timeout: 30_000 });
    run.equal('after reload', await valueOf('compare-a'), expected.b.covered_persons);
    return undefined;
  });
}
