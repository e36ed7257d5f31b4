// What every step needs: the study under test, the question, and words that read as what they check.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapIdle, totalsFor } from './browser.mjs';

export const testId = (id) => `[data-testid="${id}"]`;
export const valueOf = async (page, id) => Number(await page.getAttribute(testId(id), 'data-value'));
export const hashOf = (page) => page.evaluate(() => Object.fromEntries(new URLSearchParams(window.location.hash.slice(1))));
export const settle = (page) => page.waitForTimeout(400);

export async function fetched(base, path, options = {}) {
  const response = await fetch(`${base}/api/v1/${path}`, options);
  if (!response.ok) throw new Error(`${options.method ?? 'GET'} ${path} answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? null : response.json();
}

/** Opens a study on the server and waits until it answers. */
export async function opened(base, id) {
  const path = `studies/${encodeURIComponent(id)}`;
  const { studies } = await fetched(base, 'studies');
  if (studies.find((one) => one.id === id)?.state !== 'open') await fetched(base, `${path}/open`, { method: 'POST' });
  for (let i = 0; i < 300; i += 1) {
    const now = (await fetched(base, 'studies')).studies.find((one) => one.id === id);
    if (now.state === 'open') return fetched(base, path);
    if (now.state === 'failed') throw new Error(`study ${id} cannot be opened: ${now.detail}`);
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
  throw new Error(`study ${id} did not open in two minutes`);
}

/** The steps' view of one study in one page. */
export function stage({ base, study, page, run, out }) {
  const { function: fn, profile, group, cutoff_min } = study.default;
  const question = { function: fn, profile, group, cutoff_min };
  const get = (path, query = {}) => fetched(base, `studies/${encodeURIComponent(study.id)}/${path}?${new URLSearchParams(query)}`);
  const link = (asked, more = '') =>
    `${base}/?lang=en#study=${encodeURIComponent(study.id)}&f=${encodeURIComponent(asked.function)}&p=${encodeURIComponent(asked.profile)}&g=${encodeURIComponent(asked.group)}&c=${asked.cutoff_min}${more}`;
  const go = async (address) => {
    await page.goto('about:blank');
    await page.goto(address);
    await mapIdle(page);
  };
  const shot = (name) => page.screenshot({ path: join(out, `${study.id}-${name}.png`) });
  const asked = () => totalsFor(page, { functionId: question.function, cutoffMin: question.cutoff_min });
  /** The numbers on screen equal the server's answer to the same question. */
  const totalsAgree = async (now, where) => {
    await totalsFor(page, { functionId: now.function, cutoffMin: now.cutoff_min });
    const expected = await get('coverage', now);
    run.equal(`${where}: persons`, await valueOf(page, 'total-persons'), expected.persons);
    run.equal(`${where}: covered`, await valueOf(page, 'total-covered'), expected.covered_persons);
    // Nobody is left out of what is recorded nowhere.
    const leftOut = expected.recorded === false ? 0 : expected.persons - expected.covered_persons - (expected.no_street_persons ?? 0);
    run.near(`${where}: not covered`, await valueOf(page, 'total-uncovered'), leftOut, 1e-6);
    if (expected.share !== null) {
      run.equal(`${where}: share`, await valueOf(page, 'total-share'), expected.share);
      const text = await page.textContent(testId('total-share'));
      run.near(`${where}: share as text`, Number.parseFloat(text), expected.share * 100, 0.1);
    }
    return expected;
  };
  return { base, study, page, run, question, get, link, go, shot, asked, totalsAgree, testId, valueOf: (id) => valueOf(page, id), hash: () => hashOf(page), settle: () => settle(page), idle: () => mapIdle(page) };
}

/** Clicks what saves a file and keeps it. */
export async function download(page, selector, path) {
  const [saved] = await Promise.all([page.waitForEvent('download', { timeout: 60_000 }), page.click(selector)]);
  await saved.saveAs(path);
  return { name: saved.suggestedFilename(), bytes: readFileSync(path) };
}
