// How fast the page is, over several visits and drags: said, not judged. The machine must be quiet for figures that count.
//   BASE_URL=http://127.0.0.1:8787 STUDY=isle-of-man node e2e/measure.mjs visits drag pan
//   VISITS=8 DRAGS=8               how often
//   VIEW=12.2/41.16/-8.63          where to pan and drag: zoom/latitude/longitude, else the whole study
import { launch, mapIdle, openPage, panInCircles } from './browser.mjs';
import { fetched, opened, testId } from './stage.mjs';

const BASE = (process.env.BASE_URL ?? 'http://127.0.0.1:8787').replace(/\/$/, '');
const { STUDY, VIEW } = process.env;
const VISITS = Number(process.env.VISITS ?? 8);
const DRAGS = Number(process.env.DRAGS ?? 8);
const PAN_MS = 4000;

const part = (all, p) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * p))];
const told = (all) => `median ${part(all, 0.5).toFixed(0)}, p95 ${part(all, 0.95).toFixed(0)} (${all.map((ms) => ms.toFixed(0)).join(' ')})`;
const address = (more = '') => `${BASE}/?lang=en#study=${encodeURIComponent(STUDY)}${VIEW ? `&m=${VIEW}` : ''}${more}`;

/** What happened when, in milliseconds from the navigation. */
const timeline = (page) =>
  page.evaluate(() => {
    const all = performance.getEntriesByType('resource').map(({ name, startTime, responseEnd }) => ({ name: name.replace(window.location.origin, ''), startTime, responseEnd }));
    const marks = performance.getEntriesByType('mark').map(({ name, startTime }) => ({ name: `* ${name}`, startTime, responseEnd: startTime }));
    return [...all, ...marks].sort((a, b) => a.startTime - b.startTime);
  });

/** Drawn is not shown: the picture is on screen when the frame after it begins. */
function noteShown() {
  const mark = performance.mark.bind(performance);
  performance.mark = (name, more) => {
    if (name === 'first-map') requestAnimationFrame(() => mark('first-map-shown'));
    return mark(name, more);
  };
}

/** When the map first has walking times: drawn, and on screen. */
async function visit(page) {
  await page.goto('about:blank');
  await page.goto(address());
  await page.waitForFunction(() => performance.getEntriesByName('first-map-shown').length > 0, null, { timeout: 60_000 });
  return page.evaluate(() => ['first-map', 'first-map-shown'].map((name) => performance.getEntriesByName(name)[0].startTime));
}

async function visits(browser) {
  const [cold, warm] = [[], []];
  for (let i = 0; i <= VISITS; i += 1) {
    const { page, context } = await openPage(browser, BASE);
    await page.addInitScript(noteShown);
    const first = await visit(page);
    const when = await timeline(page);
    await mapIdle(page);
    const second = await visit(page);
    // The first one starts the browser's own parts.
    if (i > 0) cold.push(first), warm.push(second);
    if (process.env.TIMELINE && i === VISITS) {
      for (const { name, startTime, responseEnd } of when) console.log(`${startTime.toFixed(0).padStart(6)} ${responseEnd.toFixed(0).padStart(6)}  ${name}`);
    }
    await context.close();
  }
  for (const [cache, all] of [['empty', cold], ['full', warm]]) {
    ['drawn', 'on screen'].forEach((what, i) => console.log(`first map ${what}, ${cache} cache, ms: ${told(all.map((both) => both[i]))}`));
  }
}

/** From the pointer to new totals, first step and later ones, in a fresh page each. */
async function drag(browser) {
  const [first, later] = [[], []];
  const study = await opened(BASE, STUDY);
  const query = new URLSearchParams({ function: study.default.function });
  const { features } = await fetched(BASE, `studies/${STUDY}/facilities?${query}`);
  for (let i = 0; i < DRAGS; i += 1) {
    const [lon, lat] = features[Math.floor((features.length * (i + 0.5)) / DRAGS)].geometry.coordinates;
    const { page, context } = await openPage(browser, BASE);
    await page.goto(`${BASE}/?lang=en#study=${encodeURIComponent(STUDY)}&mode=whatif&m=13/${lat}/${lon}`);
    await mapIdle(page);
    const box = await page.locator(testId('map')).boundingBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x - 120, y - 60);
    await page.mouse.move(x, y, { steps: 6 });
    await page.waitForTimeout(150);
    await page.mouse.down();
    for (let step = 1; step <= 40; step += 1) {
      await page.mouse.move(x + step * 2, y + Math.sin(step / 6) * 30);
      await page.waitForTimeout(33);
    }
    await page.waitForTimeout(600);
    const times = await page.evaluate(() => performance.getEntriesByName('drag-to-totals').map(({ duration }) => duration));
    await page.keyboard.press('Escape');
    await page.mouse.up();
    if (times.length > 0) first.push(times[0]), later.push(...times.slice(1));
    await context.close();
  }
  console.log(`drag, first step, ms: ${told(first)}`);
  console.log(`drag, later steps, ms: median ${part(later, 0.5).toFixed(0)}, p95 ${part(later, 0.95).toFixed(0)} over ${later.length}`);
}

async function pan(browser) {
  const { page, context } = await openPage(browser, BASE, { deviceScaleFactor: Number(process.env.RATIO ?? 1) });
  await page.goto(address());
  await mapIdle(page);
  const box = await page.locator(testId('map')).boundingBox();
  // Frames that the map itself draws, not those of the page around it.
  const drawn = page.evaluate(
    (ms) =>
      new Promise((resolve) => {
        const canvas = document.querySelector('.map canvas');
        const gl = canvas.getContext('webgl2');
        const clear = gl.clear.bind(gl);
        const [start, frames] = [performance.now(), new Set()];
        gl.clear = (mask) => (frames.add(document.timeline.currentTime), clear(mask));
        setTimeout(() => resolve((frames.size * 1000) / (performance.now() - start)), ms);
      }),
    PAN_MS,
  );
  await panInCircles(page, box, PAN_MS);
  console.log(`pan, frames the map draws a second: ${(await drawn).toFixed(1)}`);
  await page.mouse.up();
  await context.close();
}

const WHAT = { visits, drag, pan };
const browser = await launch();
await opened(BASE, STUDY);
for (const name of process.argv.slice(2)) await WHAT[name](browser);
await browser.close();
