import type { ReachProperties, Study } from '../../api/types';
import { meters } from '../../format';
import { nameOf, t } from '../../i18n';
import { PALETTES } from '../../palette';
import { query, reachLoader } from '../../state/app';
import { latest } from '../../state/resource';
import { language, theme } from '../../state/settings';
import { demandText } from '../../ui/demand';
import { Notice } from '../../ui/Notice';

/** Who lives within 5, 10 and 15 minutes of the pin, along streets and by the straight-line circle. */
export function ReachTable({ study }: { study: Study }) {
  const state = reachLoader.state.value;
  if (state.kind === 'failed') return <Notice problem={state.problem} onRetry={() => reachLoader.retry()} />;
  const reach = latest(state);
  if (reach === null) return <p class="hint waiting">{t('reach.loading')}</p>;
  const rows = reach.features.map((f) => f.properties).sort((a, b) => a.cutoff_min - b.cutoff_min);
  const groups = study.groups.filter((group) => rows.some((row) => group.id in row.persons));
  return (
    <>
      <section>
        <h2>{t('why.reachTitle')}</h2>
        <div class="table-scroll">
          <table class="reach" data-testid="reach-table">
            <Head rows={rows} />
            <tbody>
              {groups.map((group) => (
                <tr key={group.id}>
                  <th scope="row">{nameOf(group)}</th>
                  {rows.map((row) => (
                    <td key={row.cutoff_min} class="num" data-testid="reach-persons" data-group={group.id} data-cutoff={row.cutoff_min} data-value={row.persons[group.id] ?? 0}>
                      {demandText(row.persons[group.id] ?? 0)}
                    </td>
                  ))}
                </tr>
              ))}
              <tr>
                <th scope="row">{t('why.reachStreets')}</th>
                {rows.map((row) => (
                  <td key={row.cutoff_min} class="num">
                    {meters(row.street_km * 1000, language.value)}
                  </td>
                ))}
              </tr>
            </tbody>
          </table>
        </div>
      </section>
      <Circles rows={rows} />
    </>
  );
}

function Head({ rows }: { rows: readonly ReachProperties[] }) {
  return (
    <thead>
      <tr>
        <td />
        {rows.map((row, i) => (
          <th key={row.cutoff_min} scope="col" class="num">
            <span class="swatch" aria-hidden="true" style={{ background: PALETTES[theme.value].bands[i] ?? 'none' }} />
            {row.cutoff_min} {t('unit.min')}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** What a circle on the map would have promised. */
function Circles({ rows }: { rows: readonly ReachProperties[] }) {
  const group = query.value?.group ?? '';
  const extra = (row: ReachProperties) => (row.buffer_persons[group] ?? 0) - (row.persons[group] ?? 0);
  return (
    <section>
      <h2>{t('reach.circleTitle')}</h2>
      <div class="table-scroll">
        <table class="reach" data-testid="reach-circles">
          <thead>
            <tr>
              <td />
              {rows.map((row) => (
                <th key={row.cutoff_min} scope="col" class="num">
                  {meters(row.buffer_m, language.value)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t('reach.inCircle')}</th>
              {rows.map((row) => (
                <td key={row.cutoff_min} class="num">
                  {demandText(row.buffer_persons[group] ?? 0)}
                </td>
              ))}
            </tr>
            <tr>
              <th scope="row">{t('reach.tooMany')}</th>
              {rows.map((row) => (
                <td key={row.cutoff_min} class="num over" data-testid="circle-extra" data-value={extra(row)}>
                  {demandText(extra(row))}
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
      <p class="hint">{t('reach.circleHint')}</p>
    </section>
  );
}
