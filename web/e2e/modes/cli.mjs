// The numbers on screen equal those of the command line.
import { readFileSync } from 'node:fs';
import { totalsFor } from '../browser.mjs';
import { expectations } from '../check.mjs';

const MOST_EXPECTATIONS = 12;

/** Compares with the audit.json of the study EXPECT_STUDY, where one is given. */
export default async function steps(at) {
  const { page, run, study, link, valueOf } = at;
  const path = process.env.EXPECT_JSON;
  if (!path || (process.env.EXPECT_STUDY ?? study.id) !== study.id) return;
  const audit = JSON.parse(readFileSync(path, 'utf8'));
  await run.step('totals equal the command line', async () => {
    const known = (item) => study.functions.some((f) => f.id === item.function) && study.profiles.some((p) => p.id === item.profile) && study.groups.some((g) => g.id === item.group);
    const all = expectations(audit).filter(known);
    run.holds(`${path} holds numbers to compare with`, all.length > 0);
    for (const item of all.slice(0, MOST_EXPECTATIONS)) {
      await page.goto('about:blank');
      await page.goto(link(item));
      await totalsFor(page, { functionId: item.function, cutoffMin: item.cutoff_min });
      run.equal(`${item.function}, ${item.profile}, ${item.group}, ${item.cutoff_min} min: covered`, await valueOf('total-covered'), item.covered_persons);
      if (item.persons !== null) run.equal(`${item.function}: persons`, await valueOf('total-persons'), item.persons);
    }
    console.log(`     ${Math.min(all.length, MOST_EXPECTATIONS)} of ${all.length} questions compared`);
  });
}
