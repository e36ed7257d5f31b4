import type { Study } from '../api/types';
import { meters } from '../format';
import { nameOf, t } from '../i18n';
import { PALETTES } from '../palette';
import { reachLoader } from '../state/app';
import { latest } from '../state/resource';
import { language, theme } from '../state/settings';
import { demandText } from '../ui/demand';
import { Notice } from '../ui/Notice';

/** Who lives within 5, 10 and 15 minutes of the pin. */
export function ReachTable({ study }: { study: Study }) {
  const state = reachLoader.state.value;
  if (state.kind === 'failed') return <Notice problem={state.problem} onRetry={() => reachLoader.retry()} />;
  const reach = latest(state);
  if (reach === null) return <p class="hint waiting">{t('why.loading')}</p>;
  const rows = reach.features.map((f) => f.properties).sort((a, b) => a.cutoff_min - b.cutoff_min);
  const groups = study.groups.filter((group) => rows.some((row) => group.id in row.persons));
  return (
    <section>
      <h3>{t('why.reachTitle')}</h3>
      <div class="table-scroll">
        <table class="reach" data-testid="reach-table">
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
          <tbody>
            {groups.map((group) => (
              <tr key={group.id}>
                <th scope="row">{nameOf(group)}</th>
                {rows.map((row) => (
                  <td key={row.cutoff_min} class="num">
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
  );
}
