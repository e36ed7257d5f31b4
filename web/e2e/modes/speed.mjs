// How fast: to the first numbers and the first map, while panning, and how much is sent. Said, not judged, but for the size:
// the times depend on the machine, and without a graphics card Chromium draws in software.
import { gzipSync } from 'node:zlib';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mapIdle, openPage, panInCircles } from '../browser.mjs';
import { testId } from '../stage.mjs';

const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist');
/** What a browser loads; licenses and the report's font are not among it. */
const PAGE = /\.(html|js|mjs|css|svg)$/;
const MOST_BYTES = 1_000_000;
const PAN_MS = 3000;

function shipped(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? shipped(join(folder, entry.name)) : [join(folder, entry.name)]));
}

export default async function steps({ base, study, run, browser }) {
  await run.step('the page is light', async () => {
    const bytes = shipped(DIST).filter((file) => PAGE.test(file)).reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
    console.log(`     ${(bytes / 1000).toFixed(0)} kB compressed in all`);
    run.holds(`${bytes} bytes compressed are under ${MOST_BYTES}`, bytes < MOST_BYTES);
  });
  await run.step('first numbers, first map, panning', async () => {
    const { page, context } = await openPage(browser, base);
    const visit = async (how) => {
      await page.goto('about:blank');
      await page.goto(`${base}/?lang=en#study=${encodeURIComponent(study.id)}`);
      await mapIdle(page);
      // The page notes when the map first shows walking times; counted from the navigation.
      const first = await page.evaluate(() => performance.getEntriesByName('first-map')[0]?.startTime);
      run.holds(`${how}: the first map is noted`, first > 0);
      return Math.round(first);
    };
    const [cold, warm] = [await visit('first visit'), await visit('second visit')];
    const box = await page.locator(testId('map')).boundingBox();
    const frames = page.evaluate(
      (ms) =>
        new Promise((resolve) => {
          const start = performance.now();
          let count = 0;
          const tick = (now) => {
            count += 1;
            if (now - start < ms) requestAnimationFrame(tick);
            else resolve((count * 1000) / (now - start));
          };
          requestAnimationFrame(tick);
        }),
      PAN_MS,
    );
    await panInCircles(page, box, PAN_MS);
    const perSecond = await frames;
    await page.mouse.up();
    console.log(`     first map after ${cold} ms with an empty cache, ${warm} ms with a full one; ${perSecond.toFixed(0)} frames per second while panning (software rendering)`);
    await context.close();
  });
}
