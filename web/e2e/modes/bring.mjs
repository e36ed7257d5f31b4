// A file taken into the study: what was understood is shown, with the row left out and why; accepted, the totals follow and equal the shell's audit of the changed folder.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The audit of the shell. Findings end it with 1. Waited for, so that connections that the server closes meanwhile are noticed. */
async function auditOf(folder) {
  const out = mkdtempSync(join(tmpdir(), 'walkshed-bring-'));
  try {
    await promisify(execFile)(process.env.WALKSHED, ['audit', folder, '--out', out, '--quiet'], { maxBuffer: 1 << 28 });
  } catch (error) {
    if (error.code !== 1) throw error;
  }
  return JSON.parse(readFileSync(join(out, 'audit.json'), 'utf8'));
}

/** Why a row was left out is said in the language the page is in. */
async function reasonSpeaksThePage({ page, run }) {
  const chinese = (await page.getAttribute('html', 'lang')).startsWith('zh');
  const reason = await page.locator('.issues .hint').first().textContent();
  run.equal(`a reason in ${chinese ? 'Chinese' : 'English'}`, /[\u4e00-\u9fff]/.test(reason), chinese);
}

export default async function steps(at) {
  const { page, run, study, get, link, go, shot, testId, totalsAgree } = at;
  if (!process.env.STUDIES_DIR || !process.env.WALKSHED) return;
  const folder = join(process.env.STUDIES_DIR, study.id);
  const rule = study.standards
    .flatMap((standard) => standard.rules.map((one) => ({ ...one, standard: standard.id })))
    .find((one) => one.functions.length === 1 && one.functions[0] === 'childcare' && Number.isInteger(one.cutoff_min) && one.tier === null && study.groups.some((group) => group.id === one.group));
  if (rule === undefined) return;
  const now = { function: 'childcare', profile: rule.profile, group: rule.group, cutoff_min: rule.cutoff_min };
  const name = `childcare ${Date.now()}`;

  await run.step('a file becomes part of the study', async () => {
    const before = await get('coverage', now);
    const { features } = await get('gaps', now);
    const near = features.slice(0, 3).map((gap) => [gap.properties.lon, gap.properties.lat]);
    const rows = near.map(([lon, lat], index) => `n${index},Nursery ${index},${lon},${lat},30`);
    await go(link(now, '&mode=explore'));
    await page.click(testId('upload-open'));
    await page.setInputFiles(testId('upload-file'), { name: `${name}.csv`, mimeType: 'text/csv', buffer: Buffer.from(['id,name,lon,lat,capacity', ...rows, 'lost,No place,,,20', ''].join('\n')) });
    await page.waitForSelector(testId('import-report'), { timeout: 60_000 });
    run.equal('rows kept', Number(await page.getAttribute(testId('import-report'), 'data-kept')), near.length);
    const told = await page.textContent(testId('import-report'));
    await reasonSpeaksThePage(at);
    run.holds('the row left out is named', told.includes(`row ${near.length + 2}`));
    run.holds('the coordinate system is said', /WGS ?84/.test(told));
    await run.accessible(page, 'a file, told');
    await shot('bring-told');
    run.equal('nothing has changed yet', (await get('coverage', now)).covered_persons, before.covered_persons);
    await page.click(testId('upload-accept'));
    await page.waitForSelector(testId('upload-taken'), { timeout: 240_000 });
    await shot('bring-taken');
    await page.keyboard.press('Escape');
    await go(link(now, '&mode=coverage'));
    const after = await totalsAgree(now, 'with the file');
    run.holds('more people are covered', after.covered_persons > before.covered_persons);
    const shell = (await auditOf(folder)).rules.find((one) => one.standard === rule.standard && one.rule === rule.id);
    run.equal('the shell covers as many', after.covered_persons, shell.covered_persons);
    run.equal('the shell counts the new ones', shell.facilities, study.functions.find((one) => one.id === 'childcare').facilities + near.length);
  });

  await run.step('the same file again takes the place of its layer, and says so', async () => {
    const { features } = await get('facilities', { function: 'childcare' });
    const [lon, lat] = features[0].geometry.coordinates;
    await go(link(now, '&mode=explore'));
    await page.click(testId('language'));
    await page.click(testId('upload-open'));
    await page.setInputFiles(testId('upload-file'), { name: `${name}.csv`, mimeType: 'text/csv', buffer: Buffer.from(`id,name,lon,lat\nn0,Only,${lon},${lat}\nlost,Nowhere,,\n`) });
    await page.waitForSelector(testId('import-replaces'), { timeout: 60_000 });
    await reasonSpeaksThePage(at);
    await run.accessible(page, 'a file that replaces');
    await shot('bring-replaces');
    await page.click(testId('upload-discard'));
    await page.click(testId('language'));
    run.equal('nothing was replaced', (await get('facilities', { function: 'childcare' })).features.length, features.length);
  });
}
