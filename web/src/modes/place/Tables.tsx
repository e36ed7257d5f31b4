import type { PhaseRow, PlanSite, PlanTable, PlanYears, RunnerUp, SpeedGain, ZoneGain } from '../../api/job-types';
import { gapShare, persons, points, share, signed, speed } from '../../format';
import { t, type Key } from '../../i18n';
import { chosenZone, flight, hoveredZone, zonesLoader } from '../../state/app';
import { boundsOf } from '../../map/shapes';
import { chosenPlan } from '../../state/place';
import { placeName } from '../../state/plan-names';
import { latest } from '../../state/resource';
import { language } from '../../state/settings';
import { demandText } from '../../ui/demand';

const ZONES_SHOWN = 12;
const RUNNERS_SHOWN = 10;
const ROWS_SHOWN = 40;

function Head({ keys }: { keys: readonly Key[] }) {
  return (
    <thead>
      <tr>
        {keys.map((key) => (
          <th key={key} scope="col">
            {t(key)}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** By year: what opens, who is covered at its end, and the most that could be. */
export function Phases({ rows, years }: { rows: readonly PhaseRow[]; years: PlanYears | null }) {
  return (
    <section data-testid="phases">
      <h3>{t('phases.title')}</h3>
      <table class="zones plain-table">
        <Head keys={['phases.year', 'phases.sites', 'phases.gain', 'phases.share', 'phases.gap']} />
        <tbody>
          {rows.map((row) => (
            <tr key={row.phase}>
              <th scope="row" class="num">
                {row.year ?? row.phase}
              </th>
              <td class="num">{row.sites}</td>
              <td class="num">+{demandText(row.gained_persons)}</td>
              <td class="num">
                {share(row.share, language.value)}
                {row.milestone_share !== null && <span class="hint milestone">{t('phases.asked', { share: share(row.milestone_share, language.value) })}</span>}
              </td>
              <td class="num">{below(row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">{t('phases.hint')}</p>
      {years && <Programme years={years} />}
    </section>
  );
}

/** By how many points of the share a year is below what no plan can exceed. */
function below({ share: reached, bound_share }: PhaseRow): string {
  const gap = reached === null || bound_share === undefined || bound_share === null ? null : reached - bound_share;
  return gap === null ? points(null, language.value) : t('totals.change', { points: points(Math.min(gap, 0), language.value) });
}

/** How good the programme is as a whole, and when its goal is met. */
function Programme({ years }: { years: PlanYears }) {
  const n = persons(years.person_years, language.value);
  return (
    <p class="hint" data-testid="years" data-status={years.status} data-value={years.person_years}>
      {years.status === 'optimal' ? t('phases.best', { n }) : t('phases.within', { n, gap: gapShare(years.gap, language.value) })}
      {years.met !== null && ` ${t('phases.met', { share: share(years.target_share, language.value), year: years.met })}`}
    </p>
  );
}

/** A table as the report has it. */
export function FurtherTable({ table }: { table: PlanTable }) {
  return (
    <details data-testid={`table-${table.id}`}>
      <summary>{table.title}</summary>
      {table.text !== '' && <p class="hint">{table.text}</p>}
      <div class="table-scroll" tabIndex={0} role="region" aria-label={table.title}>
        <table class="zones plain-table">
          <thead>
            <tr>
              {table.columns.map((column) => (
                <th key={column.id} scope="col">
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.slice(0, ROWS_SHOWN).map((row, i) => (
              <tr key={i}>
                {row.map((cell, at) => (
                  <td key={at} class={table.columns[at]?.is_number ? 'num' : ''}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.rows.length > ROWS_SHOWN && <p class="hint">{t('why.walkMore', { n: table.rows.length - ROWS_SHOWN })}</p>}
    </details>
  );
}

/** What was not chosen, and what choosing it would cost. */
export function RunnersUp({ rows, sites }: { rows: readonly RunnerUp[]; sites: readonly PlanSite[] }) {
  const orders = new Map(sites.map((site) => [site.id, site.order]));
  const choose = (row: RunnerUp) => {
    chosenPlan.value = row.id;
    flight.value = { kind: 'place', place: row.place };
  };
  return (
    <table class="zones plain-table">
      <Head keys={['runner.site', 'runner.instead', 'runner.lost', 'runner.onTop']} />
      <tbody>
        {rows.slice(0, RUNNERS_SHOWN).map((row) => (
          <tr key={row.id} class={chosenPlan.value === row.id ? 'chosen' : ''}>
            <th scope="row">
              <button type="button" class="link" onClick={() => choose(row)}>
                {placeName(row)}
              </button>
            </th>
            <td class="num">{row.instead_of === null ? '–' : (orders.get(row.instead_of) ?? row.instead_of)}</td>
            <td class="num">{signed(demandText(Math.abs(row.lost_persons)), -row.lost_persons)}</td>
            <td class="num">+{demandText(row.on_top_persons)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The same sites for slower and faster walkers. */
export function Speeds({ rows }: { rows: readonly SpeedGain[] }) {
  return (
    <table class="zones plain-table">
      <Head keys={['speeds.speed', 'whatif.before', 'plan.after', 'phases.gain']} />
      <tbody>
        {rows.map((row) => (
          <tr key={row.walk_speed_m_s}>
            <th scope="row" class="num">
              {speed(row.walk_speed_m_s, language.value)}
            </th>
            <td class="num">{share(row.before_share, language.value)}</td>
            <td class="num">{share(row.share, language.value)}</td>
            <td class="num">+{demandText(row.gained_persons)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function fly(id: string): void {
  chosenZone.value = chosenZone.peek() === id ? null : id;
  const zone = latest(zonesLoader.state.peek())?.features.find((feature) => feature.properties.id === id);
  const bounds = zone ? boundsOf(zone.geometry) : null;
  if (bounds !== null && chosenZone.peek() === id) flight.value = { kind: 'bounds', bounds };
}

/** Who gains, by zone. */
export function ZoneGains({ rows }: { rows: readonly ZoneGain[] }) {
  const gaining = rows.filter((row) => row.gained_persons > 1e-9).sort((a, b) => b.gained_persons - a.gained_persons || (a.id < b.id ? -1 : 1));
  return (
    <>
      <table class="zones plain-table">
        <Head keys={['zones.name', 'whatif.before', 'plan.after', 'phases.gain']} />
        <tbody>
          {gaining.slice(0, ZONES_SHOWN).map((row) => (
            <tr key={row.id} class={chosenZone.value === row.id ? 'chosen' : ''} onPointerEnter={() => (hoveredZone.value = row.id)} onPointerLeave={() => (hoveredZone.value = null)}>
              <th scope="row">
                <button type="button" class="link" aria-pressed={chosenZone.value === row.id} onClick={() => fly(row.id)}>
                  {row.name}
                </button>
              </th>
              <td class="num">{share(row.before_share, language.value)}</td>
              <td class="num">{share(row.after_share, language.value)}</td>
              <td class="num">+{demandText(row.gained_persons)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {gaining.length > ZONES_SHOWN && <p class="hint">{t('why.walkMore', { n: gaining.length - ZONES_SHOWN })}</p>}
    </>
  );
}
