// Starts Chromium the way it runs by itself on a machine without a graphics card (WebGL in software, the page drawn by the
// processor), and watches what a page does.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PATH = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
];

export async function launch() {
  if (!existsSync(PATH)) {
    console.error(`no Chromium at ${PATH}; install it with: sudo apt-get install -y chromium fonts-noto-cjk   (or set CHROMIUM_PATH)`);
    process.exit(1);
  }
  return chromium.launch({ executablePath: PATH, args: FLAGS });
}

/** Opens a page and notes console errors, page errors and every request that leaves `baseUrl`. */
export async function openPage(browser, baseUrl, { tour = false, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'light', locale: 'en-US', reducedMotion: 'reduce', ...options });
  // The tour of a first visit has a step of its own.
  if (!tour) await context.addInitScript(() => window.location.protocol.startsWith('http') && window.localStorage.setItem('walkshed.tour', 'seen'));
  const page = await context.newPage();
  const noted = { errors: [], foreign: [] };
  const origin = new URL(baseUrl).origin;
  page.on('console', (message) => {
    if (message.type() === 'error') noted.errors.push(message.text());
  });
  page.on('pageerror', (error) => noted.errors.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !/^(data|blob|about):/.test(url)) noted.foreign.push(url);
  });
  return { page, context, noted };
}

/** Waits until the map has drawn everything and stays so. */
export async function mapIdle(page, timeout = 60_000) {
  await page.waitForSelector('[data-testid="map"][data-state="idle"]', { timeout });
  await page.waitForTimeout(250);
  await page.waitForSelector('[data-testid="map"][data-state="idle"]', { timeout });
}

/** Waits until the totals on screen answer the question asked. */
export async function totalsFor(page, { functionId, cutoffMin }) {
  const fn = functionId === undefined ? '' : `[data-function="${functionId}"]`;
  await page.waitForSelector(`[data-testid="totals"][data-fresh="true"][data-cutoff="${cutoffMin}"]${fn}`, { timeout: 30_000 });
}

/** Takes hold of the middle of `box` and moves it around for `ms` milliseconds; the button stays down. */
export async function panInCircles(page, box, ms) {
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (const end = Date.now() + ms; Date.now() < end; ) {
    const turn = (Date.now() / 400) % (2 * Math.PI);
    await page.mouse.move(x + 180 * Math.cos(turn), y + 120 * Math.sin(turn));
  }
}
