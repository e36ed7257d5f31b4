// The ten minutes of a planner: the worst gap, three sites, what they change, the report. A picture at each step; the figures
// equal the command line's where WALKSHED (the program) and STUDIES_DIR (the folder that is served) are given.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { audited } from './modes/audit.mjs';
import { exactRule, searched } from './modes/place.mjs';
import { download } from './stage.mjs';

const { WALKSHED, STUDIES_DIR } = process.env;

/** Runs the program; findings (exit code 1) are an answer too. */
async function shell(...words) {
  try {
    return (await promisify(execFile)(WALKSHED, words, { encoding: 'utf8', maxBuffer: 1 << 28 })).stdout;
  } catch (error) {
    if (error.code === 1 && error.stdout) return error.stdout;
    throw error;
  }
}

export default async function script(at) {
  const { page, run, study, get, link, go, testId, valueOf, idle, out } = at;
  const rule = exactRule(study);
  if (rule === null) return console.log('     no rule of one service in whole minutes here');
  // A rule for a group that the study does not count is for everybody.
  const group = study.groups.some((known) => known.id === rule.group) ? rule.group : study.default.group;
  const asked = { function: rule.functions[0], profile: rule.profile, group, cutoff_min: rule.cutoff_min };
  const folder = STUDIES_DIR && WALKSHED ? join(STUDIES_DIR, study.id) : null;
  const work = mkdtempSync(join(tmpdir(), 'walkshed-'));
  const shot = async (n, name) => {
    await page.waitForTimeout(700);
    await idle();
    return page.screenshot({ path: join(out, `${study.id}-script-${n}-${name}.png`) });
  };
  let plan = null;
  let scenario = '';
  const began = Date.now();

  await run.step('script 1: where is someone left out?', async () => {
    await go(link(asked, '&mode=gaps'));
    const { features } = await get('gaps', asked);
    await page.waitForSelector(testId('gap'), { timeout: 30_000 });
    run.equal('the worst gap', Number(await page.locator(testId('gap')).first().getAttribute('data-value')), features[0].properties.persons);
    await page.locator(`${testId('gap')} button`).first().click();
    await shot(1, 'worst-gap');
  });

  await run.step('script 2: three sites', async () => {
    await page.click(testId('mode-place'));
    await page.click(testId('fit'));
    await page.selectOption(testId('place-rule'), rule.path);
    await page.click(testId('place-run'));
    plan = await searched(at);
    await shot(2, 'three-sites');
    if (folder === null) return;
    const told = JSON.parse(await shell('place', folder, '--rule', rule.path, '--sites', '3', '--out', join(work, 'plan'), '--json'));
    run.near('covered after, as the command line says', plan.after.covered_persons, told.summary.covered_after, 1e-6);
    run.equal('sites, as the command line says', JSON.stringify(plan.sites.map((site) => site.id).sort()), JSON.stringify(told.sites.map((site) => site.id).sort()));
  });

  await run.step('script 3: taken into a scenario', async () => {
    await page.click(testId('plan-accept'));
    await page.waitForSelector(testId('plan-accepted'), { timeout: 60_000 });
    scenario = await page.getAttribute(testId('plan-accepted'), 'data-id');
    await page.click(testId('plan-whatif'));
    await page.waitForSelector(`${testId('before-after')}[data-fresh="true"]`, { timeout: 30_000 });
    await shot(3, 'what-if');
    run.near('covered, as the plan promised', await valueOf('after-covered'), plan.after.covered_persons, 1e-6);
    const { name, notes, edits } = await get(`scenarios/${scenario}`);
    run.equal('an edit a site', edits.length, plan.sites.length);
    writeFileSync(join(work, 'plan.json'), JSON.stringify({ name, notes, edits }));
  });

  await run.step('script 4: compared with today', async () => {
    if (!(await page.isVisible(testId('mode-compare')))) return console.log('     nothing is compared here');
    await page.click(testId('mode-compare'));
    await page.waitForSelector(`${testId('comparison')}[data-fresh="true"]`, { timeout: 60_000 });
    await shot(4, 'compare');
    run.near('gained, as the plan promised', await valueOf('gained'), plan.after.covered_persons - plan.before.covered_persons, 1e-6);
    if (folder === null) return undefined;
    const told = JSON.parse(await shell('compare', folder, join(work, 'plan.json'), '--json'));
    const row = told.rules.find((one) => `${one.standard}/${one.rule}` === rule.path);
    run.equal('gained, as the command line says', await valueOf('gained'), row.gained_persons);
    run.equal('lost, as the command line says', await valueOf('lost'), row.lost_persons);
    run.equal('covered after, as the command line says', await valueOf('compare-b'), row.covered_after);
    return undefined;
  });

  await run.step('script 5: the standards and the report', async () => {
    await page.click(testId('mode-audit'));
    await audited(at);
    await page.click(`${testId('audit-rule')}[data-rule="${rule.path}"] button`);
    await shot(5, 'audit');
    const shown = Number(await page.getAttribute(`${testId('audit-rule')}[data-rule="${rule.path}"]`, 'data-covered'));
    run.near('covered, as the plan promised', shown, plan.after.covered_persons, 1e-6);
    const report = await download(page, `${testId('file')}[data-name="report.html"]`, join(out, `${study.id}-script-report.html`));
    run.holds('the report names the study', report.bytes.includes(study.name));
    if (folder !== null) {
      await shell('audit', folder, '--scenario', join(work, 'plan.json'), '--out', join(work, 'audit'), '--quiet');
      const told = JSON.parse(readFileSync(join(work, 'audit', 'audit.json'), 'utf8'));
      const rows = new Map(await page.$$eval(testId('audit-rule'), (all) => all.map((row) => [row.dataset.rule, row.dataset.covered])));
      for (const one of told.rules) run.equal(`${one.standard}/${one.rule}: covered, as the command line says`, rows.get(`${one.standard}/${one.rule}`), String(one.covered_persons ?? ''));
    }
    const paper = await page.context().newPage();
    await paper.goto(`file://${join(out, `${study.id}-script-report.html`)}`);
    await paper.screenshot({ path: join(out, `${study.id}-script-6-report.png`) });
    await paper.close();
  });
  console.log(`     the machine needed ${((Date.now() - began) / 1000).toFixed(0)} s for the ten minutes`);
}
