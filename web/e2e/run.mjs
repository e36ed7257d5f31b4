// Drives the page in Chromium as a person would, mode by mode and study by study, and compares every number with the server's.
//   BASE_URL=http://127.0.0.1:8787 node e2e/run.mjs
//   ONLY=whatif,compare            some modes only
//   STUDIES=karhula                some studies only
//   EXPECT_JSON=out/audit.json     also compare with numbers from the command line (EXPECT_STUDY says of which study)
//   EXPECT_PLAN=out/solution.json  and a plan over three years, one site each, with `walkshed place` of the study's first question
//   CHROMIUM_PATH=/usr/bin/chromium
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, openPage } from './browser.mjs';
import { Run } from './check.mjs';
import audit from './modes/audit.mjs';
import bring from './modes/bring.mjs';
import cli from './modes/cli.mjs';
import compare from './modes/compare.mjs';
import coverage from './modes/coverage.mjs';
import explore from './modes/explore.mjs';
import opening from './modes/opening.mjs';
import files from './modes/files.mjs';
import gaps from './modes/gaps.mjs';
import help from './modes/help.mjs';
import phone from './modes/phone.mjs';
import place from './modes/place.mjs';
import reach from './modes/reach.mjs';
import speed from './modes/speed.mjs';
import story from './modes/story.mjs';
import trouble from './modes/trouble.mjs';
import whatif from './modes/whatif.mjs';
import script from './script.mjs';
import { fetched, opened, stage } from './stage.mjs';

const BASE = (process.env.BASE_URL ?? 'http://127.0.0.1:8787').replace(/\/$/, '');
const OUT = join(dirname(fileURLToPath(import.meta.url)), '..', 'test-results');
const MODES = { coverage, explore, reach, gaps, whatif, place, compare, audit, files, script, help, cli, phone, speed, story, trouble, bring };
/** What the server must answer for some steps to make sense. */
const NEEDS = { whatif: 'scenarios', place: 'place', compare: 'compare', audit: '/api/v1/jobs/{job}/files', files: 'layers', bring: 'layers', script: 'place', story: 'gain' };
const pathOf = (need) => (need.startsWith('/') ? need : `/api/v1/studies/{study}/${need}`);
const answers = async ({ study }, need) => need === undefined || study.id === 'mock' || pathOf(need) in (await fetched(BASE, 'openapi.json')).paths;
mkdirSync(OUT, { recursive: true });

const named = (text) => (text ?? '').split(',').filter((part) => part !== '');
const only = named(process.env.ONLY);
const wanted = named(process.env.STUDIES);
const run = new Run();
const browser = await launch();
const { studies } = await fetched(BASE, 'studies');
for (const { id } of studies.filter((one) => wanted.length === 0 || wanted.includes(one.id))) {
  console.log(`— ${id}`);
  await opening({ base: BASE, id, run, browser });
  const study = await opened(BASE, id);
  const { page, context, noted } = await openPage(browser, BASE);
  const at = { ...stage({ base: BASE, study, page, run, out: OUT }), browser, noted, out: OUT };
  for (const [name, steps] of Object.entries(MODES)) {
    if ((only.length > 0 && !only.includes(name)) || !(await answers(at, NEEDS[name]))) continue;
    const started = performance.now();
    await steps(at);
    console.log(`  ${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  await run.step('no console error, no request to another host', async () => {
    run.equal('console errors', JSON.stringify(noted.errors), '[]');
    run.equal('requests to other hosts', JSON.stringify(noted.foreign), '[]');
  });
  await context.close();
}

await browser.close();
console.log(run.failures.length === 0 ? `all ${run.checks} checks hold` : `${run.failures.length} of ${run.checks} checks fail`);
process.exit(run.failures.length === 0 ? 0 : 1);
