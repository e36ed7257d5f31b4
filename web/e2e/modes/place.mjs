// Place: a search followed to its end, stopped early, a share, years, locks, a plan taken up; numbers equal the server's.
import { readFileSync } from 'node:fs';
import { fetched } from '../stage.mjs';

/** A promise the map can show exactly: one service, whole minutes. */
export function exactRule(study) {
  const all = study.standards.flatMap((standard) => standard.rules.map((rule) => ({ ...rule, path: `${standard.id}/${rule.id}` })));
  const known = (rule) => rule.functions.length === 1 && Number.isInteger(rule.cutoff_min) && study.functions.some((f) => f.id === rule.functions[0] && f.facilities > 0);
  return all.filter(known).find((rule) => rule.functions[0] === study.default.function) ?? all.find(known) ?? null;
}

/** Waits for the end of a search and gives the server's own result. */
export async function searched(at) {
  const { page, base, testId } = at;
  await page.waitForSelector(`${testId('progress')}:not([data-state="queued"]):not([data-state="running"])`, { timeout: 150_000 });
  await page.waitForSelector(`${testId('plan')}, ${testId('plan-nothing')}`, { timeout: 30_000 });
  const { jobs } = await fetched(base, 'jobs');
  return fetched(base, `jobs/${jobs.find((job) => job.kind === 'place').id}/result`);
}

export default async function steps(at) {
  const { page, run, study, question, link, go, shot, testId, valueOf, settle, idle } = at;
  const type = async (id, value) => {
    await page.fill(testId(id), String(value));
    await page.press(testId(id), 'Tab');
  };

  await run.step('the best sites are found, with their bound', async () => {
    await go(link(question, '&mode=place'));
    await run.accessible(page, 'place, asked');
    await shot('place-asked');
    await type('place-sites', 3);
    await page.click(testId('place-run'));
    const plan = await searched(at);
    run.equal('sites', await page.locator(testId('plan-site')).count(), plan.sites.length);
    run.equal('value', await page.getAttribute(testId('plan'), 'data-value'), String(plan.value));
    run.equal('bound', await page.getAttribute(testId('plan'), 'data-bound'), String(plan.bound));
    run.holds('the value is not above the bound', plan.value <= plan.bound + 1e-6);
    run.equal('optimal only when proven', await page.getAttribute(testId('plan'), 'data-optimal'), String(plan.optimal));
    if (plan.optimal) run.near('an optimal plan has no gap', plan.gap, 0, 1e-12);
    run.equal('share after', await valueOf('plan-after'), plan.after.share);
    const gains = await page.$$eval(testId('plan-site'), (rows) => rows.map((row) => Number(row.dataset.value)));
    run.equal('gains', JSON.stringify(gains), JSON.stringify(plan.sites.map((site) => site.gained_persons)));
    run.holds('the search is drawn', Number(await page.getAttribute(testId('gap-chart'), 'data-points')) > 0);
    run.holds('the curve is drawn', Number(await page.getAttribute(testId('curve'), 'data-points')) > 1);
    await idle();
    await shot('place-plan');
    return run.accessible(page, 'place, plan');
  });

  await run.step('the proof is checked again', async () => {
    await page.click(testId('plan-verify'));
    await page.waitForSelector(testId('plan-verified'), { timeout: 60_000 });
    run.equal('valid', await page.getAttribute(testId('plan-verified'), 'data-valid'), 'true');
    run.holds('what was checked is listed', (await page.locator(`${testId('plan-verified')} li`).count()) >= 2);
  });

  await run.step('a site is ruled out and another one is chosen', async () => {
    const first = await page.locator(testId('plan-site')).first().getAttribute('data-id');
    await page.locator(`${testId('plan-site')} button`).first().click();
    await page.waitForSelector(testId('plan-card'));
    await page.click(testId('lock-forbidden'));
    run.equal('settled', await page.getAttribute(testId('lock-forbidden'), 'aria-pressed'), 'true');
    await page.waitForSelector(testId('plan-stale'));
    await settle();
    await shot('place-lock');
    await run.accessible(page, 'place, a candidate');
    const before = Number(await page.getAttribute(testId('plan'), 'data-value'));
    await page.click(testId('place-form'));
    await page.click(testId('place-run'));
    const plan = await searched(at);
    run.holds('the site is out', plan.sites.every((site) => site.id !== first));
    run.holds('nothing better without it', plan.value <= before + 1e-6);
    await page.click(testId('place-form'));
    await page.locator(`${testId('locks')} .icon-button`).first().click();
    run.equal('free again', await page.locator(testId('locks')).count(), 0);
  });

  await run.step('sites open year by year', async () => {
    await page.selectOption(testId('place-problem'), 'years');
    await page.waitForSelector(testId('place-year-1'));
    await type('place-years', 3);
    await page.click(testId('place-run'));
    const plan = await searched(at);
    run.equal('a search for the most people', plan.problem, 'mclp');
    run.equal('rows', await page.locator(`${testId('phases')} tbody tr`).count(), plan.phases.length);
    run.equal('every site has its year', plan.sites.every((site) => site.phase !== null && site.year !== null), true);
    const groups = await page.$$eval(testId('plan-year'), (years) => years.map(({ dataset }) => [dataset.phase, dataset.sites, dataset.gained, dataset.share].map(Number)));
    run.equal('the list by year', JSON.stringify(groups), JSON.stringify(plan.phases.map((row) => [row.phase, row.sites, row.gained_persons, row.share])));
    const rows = await page.$$eval(testId('plan-site'), (sites) => sites.map(({ dataset }) => `${dataset.phase} ${dataset.id}`));
    run.equal('sites below their year', JSON.stringify(rows), JSON.stringify(plan.sites.map((site) => `${site.phase} ${site.id}`)));
    run.near('the years add up', plan.phases.reduce((sum, row) => sum + row.gained_persons, 0), plan.value, 1e-6);
    run.equal('person-years', Number(await page.getAttribute(testId('years'), 'data-value')), plan.years.person_years);
    // solution.json of `walkshed place` for the same question (EXPECT_STUDY says of which study).
    const file = process.env.EXPECT_PLAN;
    if (file && (process.env.EXPECT_STUDY ?? study.id) === study.id) {
      const told = JSON.parse(readFileSync(file, 'utf8'));
      run.near('value, as the command line has it', Number(await page.getAttribute(testId('plan'), 'data-value')), told.solution.value / 1e6, 1e-9);
      run.equal('sites, as the command line has them', JSON.stringify(rows.map((row) => row.split(' ')[1]).sort()), JSON.stringify(told.sites.map((site) => site.id).sort()));
      told.phases.plan.covered.forEach((covered, year) => run.near(`year ${year + 1}, as the command line has it`, groups.slice(0, year + 1).reduce((sum, row) => sum + row[2], 0), covered / 1e6, 1e-6));
    }
    await idle();
    await shot('place-years');
    await run.accessible(page, 'place, years');
    await page.click(testId('place-form'));
  });

  await run.step('sites keep apart, and zones have their part', async () => {
    if (study.id === 'mock') return console.log('     the mock keeps no conditions');
    await page.selectOption(testId('place-problem'), 'mclp');
    if (await page.isChecked(testId('place-phased')).catch(() => false)) await page.click(testId('place-phased'));
    await page.click(`${testId('place-conditions')} summary`);
    await type('place-spacing', 1500);
    await page.click(testId('zone-rule-add'));
    run.equal('the first rule is for every zone', await page.inputValue(testId('zone-rule-0')), '*');
    run.equal('both are counted', await page.getAttribute(testId('place-conditions'), 'data-set'), '2');
    await shot('place-conditions');
    await run.accessible(page, 'place, conditions');
    await page.click(testId('place-run'));
    const plan = await searched(at);
    const rad = Math.PI / 180;
    const apart = ([a, b], [c, d]) => 2 * 6371008.8 * Math.asin(Math.sqrt(Math.sin(((d - b) * rad) / 2) ** 2 + Math.cos(b * rad) * Math.cos(d * rad) * Math.sin(((c - a) * rad) / 2) ** 2));
    const pairs = plan.sites.flatMap((one, i) => plan.sites.slice(i + 1).map((other) => apart(one.place, other.place)));
    run.holds(`sites are 1,500 m apart (${pairs.map(Math.round).join(', ')})`, pairs.every((m) => m > 1490));
    const zones = plan.sites.map(({ zone }) => zone).filter((zone) => zone);
    run.equal('one site a zone at most', new Set(zones).size, zones.length);
    await page.click(testId('place-form'));
    await page.click(testId('zone-rule-remove-0'));
    await type('place-spacing', 0);
    return run.equal('none is left', await page.getAttribute(testId('place-conditions'), 'data-set'), '0');
  });

  await run.step('a year has its share, or it is said why it cannot', async () => {
    if (study.id === 'mock') return console.log('     the mock keeps no conditions');
    await page.selectOption(testId('place-problem'), 'years');
    const { share } = await at.get('coverage', question);
    const asked = Math.max(1, Math.floor(share * 100));
    await type('place-milestone-1', asked);
    await page.click(testId('place-run'));
    const kept = await searched(at);
    // A share that is reached already is told as reached.
    run.holds('the share is told with its year', kept.phases.every((row) => (row.phase === 2 ? row.milestone_share >= asked / 100 - 1e-9 && row.milestone_share <= Math.max(share, asked / 100) + 1e-9 : row.milestone_share === null)));
    run.equal('and shown', await page.locator(`${testId('phases')} .milestone`).count(), 1);
    await shot('place-milestones');
    await page.click(testId('place-form'));
    await type('place-milestone-1', 100);
    await page.click(testId('place-run'));
    const none = await searched(at);
    if (none.years?.status === 'infeasible') run.equal('why not', (await page.textContent(testId('years-nothing'))).includes(none.years.reason), true);
    else run.holds('everybody is covered then', none.phases[1].share > 0.9999 || none.status === 'infeasible');
    await shot('place-milestones-none');
    await page.click(testId('place-form'));
    await type('place-milestone-1', 0);
    return undefined;
  });

  await run.step('walks, counted places and gates', async () => {
    for (const [problem, unit] of [['p-median', 'person_min'], ['p-center', 'min'], ['capacitated', 'persons'], ['worst-zone', 'percent'], ['gates', 'persons']]) {
      await page.selectOption(testId('place-problem'), problem);
      if (problem === 'p-center') await type('place-reach', 600);
      await page.selectOption(testId('place-time'), '10');
      await page.click(testId('place-run'));
      const plan = await searched(at);
      run.equal(`${problem} is what was asked`, plan.problem, problem);
      run.equal(`${problem} counts`, plan.unit, unit);
      run.equal(`${problem}, sites`, await page.locator(testId('plan-site')).count(), plan.sites.length);
      if (plan.sites.length > 0) run.equal(`${problem}, value`, await page.getAttribute(testId('plan'), 'data-value'), String(plan.value));
      await idle();
      await shot(`place-${problem}`);
      if (problem === 'capacitated') await run.accessible(page, 'place, capacitated');
      await page.click(testId('place-form'));
    }
  });

  await run.step('a search is stopped, and its best is kept', async () => {
    await page.selectOption(testId('place-problem'), 'lscp');
    await type('place-target', 90);
    await page.click(testId('place-run'));
    const stop = page.locator(testId('place-stop'));
    await page.waitForSelector(`${testId('progress-numbers')}, ${testId('plan')}, ${testId('plan-nothing')}`, { timeout: 60_000 });
    if ((await stop.count()) > 0) await stop.click({ timeout: 2_000 }).catch(() => console.log('     it had ended by itself'));
    const plan = await searched(at);
    run.holds('sites, a reason, or nothing to do', plan.sites.length > 0 || Boolean(plan.reason) || plan.status === 'optimal');
    if (plan.status !== 'optimal') run.equal('not called optimal', await page.locator(`${testId('plan')}[data-optimal="true"]`).count(), 0);
    await shot('place-stopped');
    return run.accessible(page, 'place, stopped');
  });

  await run.step('a plan goes into a scenario', async () => {
    await go(link(question, '&mode=place'));
    await page.click(testId('place-run'));
    const plan = await searched(at);
    await page.click(testId('plan-accept'));
    await page.waitForSelector(testId('plan-accepted'), { timeout: 60_000 });
    const id = await page.getAttribute(testId('plan-accepted'), 'data-id');
    const made = await at.get(`scenarios/${id}`);
    run.equal('an edit a site', made.edits.length, plan.sites.length);
    run.equal('it is at hand', await page.inputValue(testId('scenario')), id);
    await page.click(testId('plan-whatif'));
    await page.waitForFunction(([selector, n]) => document.querySelectorAll(selector).length === n, [testId('edit'), plan.sites.length], { timeout: 30_000 });
    const is = await at.get('coverage', { ...question, scenario: id });
    run.near('the scenario covers what the plan promised', is.covered_persons, plan.after.covered_persons, 1e-6);
    await page.selectOption(testId('scenario'), '');
  });
}
