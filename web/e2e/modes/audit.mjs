// Audit: every rule as the server's audit says, a rule on the map, files to take away, the link to the view.
import { download, fetched } from '../stage.mjs';

/** Runs all standards and gives the server's own audit. */
export async function audited(at) {
  const { page, base, testId } = at;
  await page.click(testId('audit-run'));
  await page.waitForSelector(testId('audit-progress'), { timeout: 10_000 }).catch(() => null);
  await page.waitForSelector(testId('audit-run'), { timeout: 240_000 });
  await page.waitForSelector(testId('findings'), { timeout: 30_000 });
  const { jobs } = await fetched(base, 'jobs');
  return { audit: await fetched(base, `jobs/${jobs.find((job) => job.kind === 'audit').id}/result`), job: jobs.find((job) => job.kind === 'audit').id };
}

export default async function steps(at) {
  const { page, run, study, question, base, link, go, shot, testId, idle, hash, out } = at;
  let job = '';
  await run.step('all standards in one run', async () => {
    await go(link(question, '&mode=audit'));
    await run.accessible(page, 'audit, before');
    const made = await audited(at);
    job = made.job;
    const shown = await page.$$eval(testId('audit-rule'), (rows) => rows.map((row) => [row.dataset.rule, row.dataset.outcome, row.dataset.covered]));
    run.equal('every rule is listed', shown.length, made.audit.rules.length);
    const expected = new Map(made.audit.rules.map((rule) => [`${rule.standard}/${rule.rule}`, rule]));
    for (const [id, outcome, covered] of shown) {
      run.equal(`${id}: outcome`, outcome, expected.get(id)?.outcome);
      run.equal(`${id}: covered`, covered, String(expected.get(id)?.covered_persons ?? ''));
    }
    run.equal('met', Number(await page.getAttribute(testId('findings'), 'data-met')), made.audit.tally.met);
    await shot('audit');
    return run.accessible(page, 'audit, findings');
  });

  await run.step('a rule on the map', async () => {
    const { rules } = await fetched(base, `jobs/${job}/result`);
    const index = rules.findIndex((rule) => rule.functions.length === 1 && Number.isInteger(rule.cutoff_min) && rule.functions[0] !== question.function && study.functions.some((f) => f.id === rule.functions[0]));
    if (index < 0) return console.log('     no other rule of one service');
    const rule = rules[index];
    await page.click(`${testId('audit-rule')}[data-rule="${rule.standard}/${rule.rule}"] button`);
    await page.waitForSelector(testId('audit-detail'));
    const speeds = await page.$$eval(testId('audit-speed'), (cells) => cells.map((cell) => cell.dataset.value));
    run.equal('three speeds', JSON.stringify(speeds), JSON.stringify(rule.speeds.map((row) => String(row.share ?? ''))));
    await page.waitForTimeout(500);
    const now = await hash();
    run.equal('the map asks the same', [now.f, now.p, now.g, now.c].join(), [rule.functions[0], rule.profile, rule.group, rule.cutoff_min].join());
    await idle();
    await shot('audit-rule');
    return run.accessible(page, 'audit, a rule');
  });

  await run.step('files to take away', async () => {
    const { files } = await fetched(base, `jobs/${job}/files`);
    run.equal('every file is offered', await page.locator(`${testId('file')}, ${testId('file-all')}`).count(), files.length);
    for (const name of ['report.html', 'audit.json', 'zones.geojson']) {
      if (!files.some((file) => file.name === name)) continue;
      const got = await download(page, `${testId('file')}[data-name="${name}"]`, `${out}/${study.id}-${name}`);
      run.equal(`${name}: bytes`, got.bytes.length, files.find((file) => file.name === name).bytes);
    }
    const all = files.find((file) => file.name.endsWith('.zip'));
    if (all === undefined) return run.holds('everything in one file', false);
    const zip = await download(page, testId('file-all'), `${out}/${study.id}-all.zip`);
    run.equal('a zip', zip.bytes.subarray(0, 2).toString(), 'PK');
    return undefined;
  });

  await run.step('the link to this view', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: base });
    await page.click(testId('copy-link'));
    await page.waitForFunction((selector) => /copied/.test(document.querySelector(selector)?.textContent ?? ''), testId('take-told'));
    run.equal('what was copied', await page.evaluate(() => navigator.clipboard.readText()), page.url());
  });
}
