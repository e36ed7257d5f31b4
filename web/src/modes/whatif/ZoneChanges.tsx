import { points, share } from '../../format';
import { t } from '../../i18n';
import { baseline, chosenZone, coverage, hoveredZone } from '../../state/app';
import { language } from '../../state/settings';
import { demandText } from '../../ui/demand';

const ROWS = 5;

/** The zones that the edits move most, live. */
export function ZoneChanges() {
  const [before, after] = [baseline.value, coverage.value];
  if (before === null || after === null) return null;
  const was = new Map(before.zones.map((zone) => [zone.id, zone]));
  const moved = after.zones
    .map((zone) => ({ zone, old: was.get(zone.id), by: zone.covered_persons - (was.get(zone.id)?.covered_persons ?? 0) }))
    .filter(({ by }) => Math.abs(by) > 1e-9)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by) || (a.zone.id < b.zone.id ? -1 : 1));
  if (moved.length === 0) return null;
  return (
    <section>
      <h3>{t('whatif.zones')}</h3>
      <table class="zones" data-testid="zone-changes">
        <tbody>
          {moved.slice(0, ROWS).map(({ zone, old, by }) => (
            <tr key={zone.id} class={chosenZone.value === zone.id ? 'chosen' : ''} onPointerEnter={() => (hoveredZone.value = zone.id)} onPointerLeave={() => (hoveredZone.value = null)}>
              <th scope="row">{zone.name}</th>
              <td class="num">
                {share(old?.share ?? null, language.value)} → {share(zone.share, language.value)}
              </td>
              <td class={`num ${by > 0 ? 'gain-text' : 'over'}`} title={points((zone.share ?? 0) - (old?.share ?? 0), language.value)}>
                {by > 0 ? '+' : '−'}
                {demandText(Math.abs(by))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {moved.length > ROWS && <p class="hint">{t('why.walkMore', { n: moved.length - ROWS })}</p>}
    </section>
  );
}
