// Coverage: totals, speeds, histogram, zones; the controls of the question; language and theme.
import { testId } from '../stage.mjs';

/** Colors in the middle of a picture of the map: a blank map has next to none. */
async function colorsOnMap(page) {
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

export default async function steps(at) {
  const { page, run, question, study, get, link, go, shot, asked, totalsAgree, valueOf, hash, settle, idle } = at;
  await run.step('the page loads and the map draws', async () => {
    const began = Date.now();
    await page.goto(link(question));
    await idle();
    console.log(`     first full map after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    run.equal('study name', await page.textContent(testId('study-name')), study.name);
    const attribution = page.locator(testId('attribution'));
    run.holds('attribution is visible', await attribution.isVisible());
    for (const text of study.attribution) run.holds(`attribution names ${text}`, (await attribution.textContent()).includes(text));
    run.holds('the map shows more than one color', (await colorsOnMap(page)) > 20);
    await shot('coverage-light-en');
  });

  await run.step('totals, speeds, buffer and zones equal the server', async () => {
    const expected = await totalsAgree(question, 'default question');
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

  const others = study.functions.filter((f) => f.facilities > 0 && f.id !== question.function);

  await run.step('another service', async () => {
    const other = others[0];
    if (other === undefined) return console.log('     only one service has facilities');
    const tile = page.waitForRequest((request) => request.url().includes(`/time/${encodeURIComponent(other.id)}/`), { timeout: 20_000 });
    await page.selectOption(testId('function'), other.id);
    await tile;
    await totalsAgree({ ...question, function: other.id }, other.id);
    await idle();
    await page.selectOption(testId('function'), question.function);
    return asked();
  });

  await run.step('another walker, another group', async () => {
    const walker = study.profiles.find((profile) => profile.id !== question.profile);
    const group = study.groups.find((one) => one.id !== question.group);
    for (const [control, key, value] of [['profile', 'profile', walker?.id], ['group', 'group', group?.id]]) {
      if (value === undefined) continue;
      const heard = page.waitForResponse((response) => response.url().includes('/coverage') && response.url().includes(`${key}=${encodeURIComponent(value)}`));
      await page.selectOption(testId(control), value);
      await heard;
      await totalsAgree({ ...question, [key]: value }, `${key} ${value}`);
      const back = page.waitForResponse((response) => response.url().includes('/coverage'));
      await page.selectOption(testId(control), question[key]);
      await back;
      await asked();
    }
  });

  await run.step('the slider by keyboard', async () => {
    await page.focus(testId('cutoff'));
    for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowLeft');
    const cutoff_min = question.cutoff_min - 3;
    run.equal('shown at once', (await page.textContent(`${testId('cutoff-value')} strong`)).trim(), String(cutoff_min));
    await totalsAgree({ ...question, cutoff_min }, `${cutoff_min} minutes`);
    run.equal('spoken value', await page.getAttribute(testId('cutoff'), 'aria-valuetext'), `${cutoff_min} minutes`);
    await settle();
    run.equal('in the link', (await hash()).c, String(cutoff_min));
    await page.keyboard.press('Home');
    await totalsAgree({ ...question, cutoff_min: 1 }, 'smallest cutoff');
    await page.keyboard.press('End');
    await totalsAgree({ ...question, cutoff_min: 60 }, 'largest cutoff');
    await page.waitForFunction((id) => document.querySelector(id).textContent.includes('60 minutes'), testId('totals-live'), { timeout: 5000 });
  });

  await run.step('zones sort, and a zone is flown to', async () => {
    await go(link(question, '&t=zones'));
    await asked();
    if ((await page.locator(testId('zone')).count()) === 0) return console.log('     no zones here');
    await page.click(testId('sort-share'));
    const shares = await page.$$eval(testId('zone-share'), (cells) => cells.map((cell) => cell.dataset.value).filter((value) => value !== '').map(Number));
    run.equal('sorted by share', JSON.stringify(shares), JSON.stringify([...shares].sort((a, b) => b - a)));
    const before = (await hash()).m;
    await page.locator(`${testId('zone')} button`).first().click();
    await page.waitForTimeout(1000);
    await idle();
    run.holds('the map flies to the zone', (await hash()).m !== before);
    return run.accessible(page, 'zones');
  });

  await run.step('a service without facilities says so', async () => {
    const empty = study.functions.find((f) => f.facilities === 0);
    if (empty === undefined) return console.log('     every service has facilities');
    await go(link({ ...question, function: empty.id }));
    await totalsAgree({ ...question, function: empty.id }, empty.id);
    run.holds('the empty state is told', await page.isVisible(testId('empty-facilities')));
    return shot('coverage-empty');
  });

  await run.step('Chinese and dark', async () => {
    await page.click(testId('tab-summary'));
    await page.click(testId('language'));
    run.equal('language of the document', await page.getAttribute('html', 'lang'), 'zh-CN');
    run.holds('words are Chinese', (await page.textContent(testId('mode-gaps'))).includes('盲区'));
    await page.click(testId('theme'));
    run.equal('theme', await page.getAttribute('html', 'data-theme'), 'dark');
    await page.click(testId('fit'));
    await page.waitForTimeout(800);
    await idle();
    await shot('coverage-dark-zh');
    await run.accessible(page, 'dark, Chinese');
    await page.click(testId('theme'));
    await page.click(testId('language'));
  });
  await run.step('which of several functions people lack', async () => {
    await go(link(question, '&t=missing'));
    if ((await page.locator(testId('tab-missing')).count()) === 0) return console.log('     the server does not tell');
    await page.waitForSelector(`${testId('missing')}[data-fresh="true"]`, { timeout: 30_000 });
    const compared = async (where) => {
      await page.waitForSelector(`${testId('missing')}[data-fresh="true"]`, { timeout: 30_000 });
      const functions = await page.$$eval('[data-testid^="need-"][aria-pressed="true"]', (all) => all.map((one) => one.dataset.testid.slice(5)).join(','));
      const { profile, group, cutoff_min } = question;
      const expected = await get('composite', { functions, profile, group, cutoff_min });
      const shown = await page.$$eval(testId('missing-persons'), (all) => all.map((one) => Number(one.dataset.value)));
      run.equal(`${where}: people by number missing`, JSON.stringify(shown), JSON.stringify(expected.missing_persons));
      await page.waitForSelector(`${testId('totals-missing')}[data-fresh="true"]`, { timeout: 30_000 });
      run.equal(`${where}: share that has all`, await valueOf('complete-share'), expected.share);
      run.equal(`${where}: who has all`, await valueOf('complete-persons'), expected.complete_persons);
      run.near(`${where}: who lacks some`, await valueOf('incomplete-persons'), expected.persons - expected.complete_persons - (expected.no_street_persons ?? 0), 1e-6);
      run.equal(`${where}: totals of one service are not shown`, await page.locator(testId('totals')).count(), 0);
    };
    await compared('first functions');
    await idle();
    await shot('coverage-missing');
    await run.accessible(page, 'missing');
    const heard = page.waitForResponse((response) => response.url().includes('/composite?'));
    await page.locator('[data-testid^="need-"][aria-pressed="true"]').first().click();
    await heard;
    await settle();
    return compared('one function fewer');
  });
}
