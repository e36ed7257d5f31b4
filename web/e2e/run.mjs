// Drives the page in Chromium as a person would and compares every number with the server's.
//   BASE_URL=http://127.0.0.1:8787 node e2e/run.mjs
//   EXPECT_JSON=out/audit.json     also compare with numbers from the command line
//   CHROMIUM_PATH=/usr/bin/chromium
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, mapIdle, openPage, totalsFor } from './browser.mjs';
import { expectations, Run } from './check.mjs';

const BASE = (process.env.BASE_URL ?? 'http://127.0.0.1:8787').replace(/\/$/, '');
const OUT = join(dirname(fileURLToPath(import.meta.url)), '..', 'test-results');
const MOST_EXPECTATIONS = 12;
mkdirSync(OUT, { recursive: true });

const run = new Run();
const fetched = async (path) => {
  const response = await fetch(`${BASE}/api/v1/${path}`);
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
};
const STUDY = `studies/${(await fetched('studies')).studies[0].id}`;
const get = (path, query = {}) => fetched(`${STUDY}${path === '' ? '' : `/${path}`}?${new URLSearchParams(query)}`);
const testId = (id) => `[data-testid="${id}"]`;
const valueOf = async (page, id) => Number(await page.getAttribute(testId(id), 'data-value'));
const hashOf = (page) => page.evaluate(() => Object.fromEntries(new URLSearchParams(window.location.hash.slice(1))));
const settle = (page) => page.waitForTimeout(400);
const shot = (page, name) => page.screenshot({ path: join(OUT, `${name}.png`) });

const study = await get('');
const question = { function: study.default.function, profile: study.default.profile, group: study.default.group, cutoff_min: study.default.cutoff_min };
const others = study.functions.filter((f) => f.facilities > 0 && f.id !== question.function);

/** The numbers on screen equal the server's answer to the same question. */
async function totalsAgree(page, asked, where) {
  await totalsFor(page, { functionId: asked.function, cutoffMin: asked.cutoff_min });
  const expected = await get('coverage', asked);
  run.equal(`${where}: persons`, await valueOf(page, 'total-persons'), expected.persons);
  run.equal(`${where}: covered`, await valueOf(page, 'total-covered'), expected.covered_persons);
  run.near(`${where}: not covered`, await valueOf(page, 'total-uncovered'), expected.persons - expected.covered_persons, 1e-6);
  if (expected.share !== null) {
    run.equal(`${where}: share`, await valueOf(page, 'total-share'), expected.share);
    const text = await page.textContent(testId('total-share'));
    run.near(`${where}: share as text`, Number.parseFloat(text), expected.share * 100, 0.1);
  }
  return expected;
}

const link = (asked, more = '') =>
  `${BASE}/?lang=en#f=${encodeURIComponent(asked.function)}&p=${encodeURIComponent(asked.profile)}&g=${encodeURIComponent(asked.group)}&c=${asked.cutoff_min}${more}`;
async function go(page, address) {
  await page.goto('about:blank');
  await page.goto(address);
  await mapIdle(page);
}

const browser = await launch();
const { page, noted } = await openPage(browser, BASE);

await run.step('the page loads and the map draws', async () => {
  const began = Date.now();
  await page.goto(`${BASE}/?lang=en`);
  await mapIdle(page);
  console.log(`     first full map after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  run.equal('study name', await page.textContent(testId('study-name')), study.name);
  const attribution = page.locator(testId('attribution'));
  run.holds('attribution is visible', await attribution.isVisible());
  for (const text of study.attribution) run.holds(`attribution names ${text}`, (await attribution.textContent()).includes(text));
  run.holds('the map shows more than one color', (await colorsOnMap()) > 20);
  await shot(page, 'desktop-light-en');
});

/** Colors in the middle of a picture of the map: a blank map has next to none. */
async function colorsOnMap() {
  const box = await page.locator(testId('map')).boundingBox();
  const clip = { x: box.x + box.width * 0.3, y: box.y + box.height * 0.3, width: box.width * 0.4, height: box.height * 0.4 };
  const png = (await page.screenshot({ clip })).toString('base64');
  return page.evaluate(async (data) => {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const pen = new OffscreenCanvas(image.width, image.height).getContext('2d');
    pen.drawImage(image, 0, 0);
    return new Set(new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  }, png);
}

await run.step('totals, speeds, buffer and zones equal the server', async () => {
  const expected = await totalsAgree(page, question, 'default question');
  const speeds = await page.$$eval(testId('speed-share'), (rows) => rows.map((row) => [Number(row.dataset.speed), row.dataset.value]));
  run.equal('speeds', JSON.stringify(speeds), JSON.stringify(expected.speeds.map((row) => [row.walk_speed_m_s, String(row.share ?? '')])));
  run.equal('buffer share', (await page.getAttribute(testId('buffer-share'), 'data-value')) ?? '', String(expected.buffer.share ?? ''));
  await page.click(testId('tab-zones'));
  if (expected.zones.length > 0) {
    const rows = await page.$$eval(testId('zone'), (all) => all.map((row) => [row.dataset.zone, row.querySelector('[data-testid="zone-share"]').dataset.value]));
    const shares = new Map(expected.zones.map((zone) => [zone.id, String(zone.share ?? '')]));
    run.equal('number of zones', rows.length, shares.size);
    for (const [id, share] of rows) run.equal(`share of zone ${id}`, share, shares.get(id));
  }
});

await run.step('another service', async () => {
  const other = others[0];
  if (other === undefined) return console.log('     only one service has facilities');
  const tile = page.waitForRequest((request) => request.url().includes(`/time/${encodeURIComponent(other.id)}/`), { timeout: 20_000 });
  await page.selectOption(testId('function'), other.id);
  await tile;
  await totalsAgree(page, { ...question, function: other.id }, other.id);
  await mapIdle(page);
  await page.selectOption(testId('function'), question.function);
  return totalsFor(page, { functionId: question.function, cutoffMin: question.cutoff_min });
});

await run.step('another walker, another group', async () => {
  const walker = study.profiles.find((profile) => profile.id !== question.profile);
  const group = study.groups.find((one) => one.id !== question.group);
  for (const [control, key, value] of [['profile', 'profile', walker?.id], ['group', 'group', group?.id]]) {
    if (value === undefined) continue;
    const asked = page.waitForResponse((response) => response.url().includes('/coverage') && response.url().includes(`${key}=${encodeURIComponent(value)}`));
    await page.selectOption(testId(control), value);
    await asked;
    await totalsAgree(page, { ...question, [key]: value }, `${key} ${value}`);
    const back = page.waitForResponse((response) => response.url().includes('/coverage'));
    await page.selectOption(testId(control), question[key]);
    await back;
    await totalsFor(page, { functionId: question.function, cutoffMin: question.cutoff_min });
  }
});

await run.step('the slider by keyboard', async () => {
  await page.focus(testId('cutoff'));
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowLeft');
  const cutoff_min = question.cutoff_min - 3;
  run.equal('shown at once', (await page.textContent(`${testId('cutoff-value')} strong`)).trim(), String(cutoff_min));
  await totalsAgree(page, { ...question, cutoff_min }, `${cutoff_min} minutes`);
  run.equal('spoken value', await page.getAttribute(testId('cutoff'), 'aria-valuetext'), `${cutoff_min} minutes`);
  await settle(page);
  run.equal('in the link', (await hashOf(page)).c, String(cutoff_min));
  await page.keyboard.press('Home');
  await totalsAgree(page, { ...question, cutoff_min: 1 }, 'smallest cutoff');
  await page.keyboard.press('End');
  await totalsAgree(page, { ...question, cutoff_min: 60 }, 'largest cutoff');
  await page.waitForFunction((id) => document.querySelector(id).textContent.includes('60 minutes'), testId('totals-live'), { timeout: 5000 });
});

await run.step('gaps: list and map', async () => {
  await go(page, link(question, '&t=gaps'));
  await totalsFor(page, { functionId: question.function, cutoffMin: question.cutoff_min });
  const { features } = await get('gaps', question);
  if (features.length === 0) return console.log('     no gap here');
  const persons = await page.$$eval(testId('gap'), (rows) => rows.map((row) => Number(row.dataset.value)));
  features.slice(0, persons.length).forEach((gap, i) => run.equal(`persons of gap ${i + 1}`, persons[i], gap.properties.persons));
  const before = (await hashOf(page)).m;
  await page.click(`${testId('gap')} button >> nth=0`);
  await page.waitForTimeout(1000);
  await mapIdle(page);
  run.holds('the map flies to the gap', (await hashOf(page)).m !== before);
  await shot(page, 'desktop-gap');
  return run.accessible(page, 'gaps');
});

let place = null;
await run.step('a click on the map explains the place', async () => {
  const { features } = await get('facilities', { function: question.function });
  const [lon, lat] = features[Math.floor(features.length / 2)].geometry.coordinates;
  await go(page, link(question, `&m=15/${lat}/${lon}`));
  const box = await page.locator(testId('map')).boundingBox();
  await page.mouse.click(box.x + box.width / 2 + 40, box.y + box.height / 2 + 30);
  await page.waitForSelector(`${testId('why')}[data-state="ready"]`, { timeout: 20_000 });
  await settle(page);
  const [pinLat, pinLon] = (await hashOf(page)).pin.split(',').map(Number);
  place = { lon: pinLon, lat: pinLat };
  run.near('the pin is where the click was, east', pinLon, lon, 0.01);
  const expected = await get('why', { ...place, profile: question.profile, cutoff_min: question.cutoff_min });
  if (expected.snapped === null) return run.holds('the reason is told', (await page.textContent(testId('why-reason'))).length > 10);
  for (const row of expected.functions) {
    const shown = await page.$$eval(`${testId('nearest')}[data-function="${row.function}"] .near-min`, (cells) => cells.map((cell) => Number(cell.dataset.value)));
    run.equal(`nearest two of ${row.function}`, JSON.stringify(shown), JSON.stringify(row.nearest.map((near) => near.min)));
  }
  run.equal('failing rules', await page.locator(`${testId('rule')}[data-passes="false"]`).count(), expected.rules.filter((rule) => !rule.passes).length);
  return run.accessible(page, 'place');
});

await run.step('the walk to the nearest facility', async () => {
  const row = page.locator(testId('near')).first();
  if ((await row.count()) === 0) return console.log('     nothing in reach');
  const minutes = Number(await row.locator('.near-min').getAttribute('data-value'));
  await row.click();
  await page.waitForSelector(testId('walk'), { timeout: 20_000 });
  run.near('minutes of the walk', await valueOf(page, 'walk'), minutes, 1e-6);
  await page.waitForTimeout(900);
  await mapIdle(page);
  return shot(page, 'desktop-place-walk');
});

await run.step('reach at 5, 10 and 15 minutes', async () => {
  await page.click(testId('reach'));
  await page.waitForSelector(testId('reach-table'), { timeout: 20_000 });
  const expected = await get('reach', { ...place, profile: question.profile, cutoff_min: '5,10,15' });
  const columns = await page.locator(`${testId('reach-table')} thead th`).count();
  run.equal('columns', columns, expected.features.length);
  await page.waitForTimeout(900);
  await mapIdle(page);
  await shot(page, 'desktop-reach');
  await page.click(testId('why-close'));
  run.equal('closed', await page.locator(testId('why')).count(), 0);
});

await run.step('the map center by keyboard', async () => {
  await page.focus(testId('inspect-center'));
  await page.keyboard.press('Enter');
  await page.waitForSelector(`${testId('why')}[data-state="ready"]`, { timeout: 20_000 });
  await page.keyboard.press('Escape');
  run.equal('closed by escape', await page.locator(testId('why')).count(), 0);
});

await run.step('zones sort, and a zone is flown to', async () => {
  await page.click(testId('tab-zones'));
  if ((await page.locator(testId('zone')).count()) === 0) return console.log('     no zones here');
  await page.click(testId('sort-share'));
  const shares = await page.$$eval(testId('zone-share'), (cells) => cells.map((cell) => cell.dataset.value).filter((value) => value !== '').map(Number));
  run.equal('sorted by share', JSON.stringify(shares), JSON.stringify([...shares].sort((a, b) => b - a)));
  const before = (await hashOf(page)).m;
  await page.locator(`${testId('zone')} button`).first().click();
  await page.waitForTimeout(1000);
  await mapIdle(page);
  run.holds('the map flies to the zone', (await hashOf(page)).m !== before);
  return run.accessible(page, 'zones');
});

await run.step('layers go and come back, and the link keeps them', async () => {
  await page.click(testId('tab-layers'));
  await page.locator(testId('layer-demand')).focus();
  await page.keyboard.press('Space');
  await settle(page);
  run.equal('in the link', (await hashOf(page)).off, 'demand');
  await page.reload();
  await mapIdle(page);
  run.equal('after reload', await page.isChecked(testId('layer-demand')), false);
  run.equal('tab after reload', await page.getAttribute(testId('tab-layers'), 'aria-selected'), 'true');
  await run.accessible(page, 'layers');
  await page.click(testId('layer-demand'));
});

await run.step('Chinese and dark', async () => {
  await page.click(testId('tab-overview'));
  await page.click(testId('language'));
  run.equal('language of the document', await page.getAttribute('html', 'lang'), 'zh-CN');
  run.holds('words are Chinese', (await page.textContent(testId('tab-gaps'))).includes('缺口'));
  await page.click(testId('theme'));
  run.equal('theme', await page.getAttribute('html', 'data-theme'), 'dark');
  await page.click(testId('fit'));
  await page.waitForTimeout(800);
  await mapIdle(page);
  await shot(page, 'desktop-dark-zh');
  await run.accessible(page, 'dark, Chinese');
});

await run.step('a service without facilities says so', async () => {
  const empty = study.functions.find((f) => f.facilities === 0);
  if (empty === undefined) return console.log('     every service has facilities');
  await go(page, link({ ...question, function: empty.id }));
  await totalsAgree(page, { ...question, function: empty.id }, empty.id);
  run.holds('the empty state is told', await page.isVisible(testId('empty-facilities')));
  return shot(page, 'desktop-empty');
});

if (process.env.EXPECT_JSON) {
  await run.step('totals equal the command line', async () => {
    const known = (item) => study.functions.some((f) => f.id === item.function) && study.profiles.some((p) => p.id === item.profile) && study.groups.some((g) => g.id === item.group);
    const all = expectations(JSON.parse(readFileSync(process.env.EXPECT_JSON, 'utf8'))).filter(known);
    run.holds(`${process.env.EXPECT_JSON} holds numbers to compare with`, all.length > 0);
    for (const item of all.slice(0, MOST_EXPECTATIONS)) {
      await page.goto('about:blank');
      await page.goto(link(item));
      await totalsFor(page, { functionId: item.function, cutoffMin: item.cutoff_min });
      run.equal(`${item.function}, ${item.profile}, ${item.group}, ${item.cutoff_min} min: covered`, await valueOf(page, 'total-covered'), item.covered_persons);
      if (item.persons !== null) run.equal(`${item.function}: persons`, await valueOf(page, 'total-persons'), item.persons);
    }
    console.log(`     ${Math.min(all.length, MOST_EXPECTATIONS)} of ${all.length} questions compared`);
  });
}

for (const [name, colorScheme, language] of [['phone-light-zh', 'light', 'zh'], ['phone-dark-en', 'dark', 'en']]) {
  await run.step(`a phone, ${name}`, async () => {
    const phone = await openPage(browser, BASE, { viewport: { width: 390, height: 844 }, colorScheme, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
    await phone.page.goto(`${BASE}/?lang=${language}`);
    await mapIdle(phone.page);
    await totalsFor(phone.page, { functionId: question.function, cutoffMin: question.cutoff_min });
    await shot(phone.page, name);
    const width = await phone.page.evaluate(() => document.documentElement.scrollWidth);
    run.equal('no sideways scrolling', width, 390);
    await run.accessible(phone.page, name);
    await phone.page.click(testId('sheet-handle'));
    await settle(phone.page);
    await shot(phone.page, `${name}-full`);
    await phone.page.click(testId('sheet-handle'));
    await settle(phone.page);
    run.holds('the map is in view', (await phone.page.locator(testId('panel')).boundingBox()).y > 700);
    await phone.page.touchscreen.tap(195, 430);
    await phone.page.waitForSelector(testId('why'), { timeout: 20_000 });
    await settle(phone.page);
    await shot(phone.page, `${name}-place`);
    await run.accessible(phone.page, `${name}, place`);
    run.equal('console errors', JSON.stringify(phone.noted.errors), '[]');
    run.equal('requests to other hosts', JSON.stringify(phone.noted.foreign), '[]');
    await phone.context.close();
  });
}

await run.step('a refusal and a silent server are told, and forgiven', async () => {
  const broken = await openPage(browser, BASE);
  await broken.page.route('**/api/v1/studies/*/coverage?*', (route) =>
    route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'refused', status: 422, detail: 'cutoff_min must be a whole number' }) }),
  );
  await broken.page.goto(`${BASE}/?lang=en`);
  await broken.page.waitForSelector(testId('notice-error'), { timeout: 20_000 });
  run.holds('the detail is shown', (await broken.page.textContent(testId('notice-error'))).includes('cutoff_min must be a whole number'));
  await broken.page.unroute('**/api/v1/studies/*/coverage?*');
  await broken.page.click(`${testId('notice-error')} button`);
  await totalsFor(broken.page, { functionId: question.function, cutoffMin: question.cutoff_min });
  await broken.page.route('**/api/v1/**', (route) => route.abort());
  await broken.page.focus(testId('cutoff'));
  await broken.page.keyboard.press('ArrowRight');
  await broken.page.waitForSelector(testId('notice-offline'), { timeout: 20_000 });
  await shot(broken.page, 'desktop-offline');
  await run.accessible(broken.page, 'offline');
  await broken.page.goto(`${BASE}/?lang=en&again`);
  await broken.page.waitForSelector(testId('notice-offline'), { timeout: 20_000 });
  await broken.page.unroute('**/api/v1/**');
  await broken.page.click(`${testId('notice-offline')} button`);
  await broken.page.waitForSelector(testId('totals'), { timeout: 20_000 });
  await broken.context.close();
});

await run.step('no console error, no request to another host', async () => {
  run.equal('console errors', JSON.stringify(noted.errors), '[]');
  run.equal('requests to other hosts', JSON.stringify(noted.foreign), '[]');
});

await browser.close();
console.log(run.failures.length === 0 ? `all ${run.checks} checks hold` : `${run.failures.length} of ${run.checks} checks fail`);
process.exit(run.failures.length === 0 ? 0 : 1);
