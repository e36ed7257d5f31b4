import { signal } from '@preact/signals';
import { nameOf, t } from '../i18n';
import { bands, missingColors, PALETTES } from '../palette';
import { chosenFunction, query, REACH_CUTOFFS_MIN, reachShown } from '../state/app';
import { compositeShown, needed } from '../state/composite';
import { gainLoader, gainShown } from '../state/gain';
import { mode } from '../state/mode';
import { latest } from '../state/resource';
import { plan } from '../state/place';
import { scenarios } from '../state/scenario';
import { narrow } from '../state/screen';
import { theme } from '../state/settings';
import { demandText } from '../ui/demand';
import { Icon } from '../ui/Icon';

/** Shown in full, or only its title. */
export const legendOpen = signal(!narrow.peek());

/** From little to much. */
function GainLegend() {
  const [a, b, c, d] = PALETTES[theme.value].gain;
  const most = latest(gainLoader.state.value)?.max_gained_persons ?? null;
  return (
    <section class="legend gain-legend" data-testid="legend">
      <strong>{t('legend.gainTitle')}</strong>
      <span class="ramp" aria-hidden="true" style={{ background: `linear-gradient(to right, ${a}, ${b} 35%, ${c} 70%, ${d})` }} />
      <span class="ramp-ends">
        <span>{t('legend.gainFew')}</span>
        {most !== null && <span class="num">{t('legend.gainMost', { n: demandText(most) })}</span>}
      </span>
    </section>
  );
}

function MissingLegend() {
  const colors = missingColors(needed.value, theme.value);
  return (
    <section class="legend gain-legend" data-testid="legend">
      <strong>{t('missing.legend')}</strong>
      <span class="steps" aria-hidden="true">
        {colors.map((color, n) => (
          <span key={n} style={{ background: color }} />
        ))}
      </span>
      <span class="ramp-ends num">
        <span>0</span>
        <span>{needed.value}</span>
      </span>
    </section>
  );
}

export function Legend() {
  if (mode.value === 'whatif' && gainShown.value) return <GainLegend />;
  if (compositeShown.value) return <MissingLegend />;
  return <TimeLegend />;
}

function TimeLegend() {
  const palette = PALETTES[theme.value];
  const cutoffMin = query.value?.cutoff_min ?? 15;
  const reach = reachShown.value;
  const fn = chosenFunction.value;
  return (
    <section class={`legend${legendOpen.value ? '' : ' closed'}`} data-testid="legend">
      <button type="button" class="legend-toggle" aria-expanded={legendOpen.value} title={t(legendOpen.value ? 'legend.hide' : 'legend.show')} onClick={() => (legendOpen.value = !legendOpen.peek())}>
        <span>{reach ? t('legend.reach') : t('legend.title', { function: fn ? nameOf(fn) : '' })}</span>
        <Icon name={legendOpen.value ? 'down' : 'up'} size={16} />
      </button>
      {legendOpen.value && (
        <ul>
          {reach
            ? REACH_CUTOFFS_MIN.map((min, i) => <Item key={min} color={palette.bands[i] ?? ''} text={t('legend.upTo', { to: min })} />)
            : bands(cutoffMin, palette).map(({ fromMin, toMin, color }) => (
                <Item key={toMin} color={color} text={fromMin === 0 ? t('legend.upTo', { to: toMin }) : t('legend.range', { from: fromMin, to: toMin })} />
              ))}
          {!reach && <Item color={palette.uncovered} text={t('legend.beyond', { min: cutoffMin })} />}
          {reach && <Item color={`repeating-linear-gradient(to right, ${palette.labelQuiet} 0 5px, transparent 5px 8px)`} text={t('legend.circle')} />}
          <li>
            <span class="key dot" style={{ background: palette.facility, borderColor: palette.facilityRing }} />
            {t('legend.facility')}
          </li>
          {mode.value === 'compare' && scenarios.value.length > 0 && (
            <>
              <li>
                <span class="key dot" style={{ background: palette.gained, borderColor: palette.halo }} />
                {t('compare.gained')}
              </li>
              <li>
                <span class="key dot" style={{ background: palette.halo, borderColor: palette.lost }} />
                {t('compare.lost')}
              </li>
            </>
          )}
          {mode.value === 'place' && plan.value !== null && (
            <li>
              <span class="key dot" style={{ background: palette.plan, borderColor: palette.halo }} />
              {t('legend.plan')}
            </li>
          )}
          {mode.value === 'gaps' && (
            <li>
              <span class="key gap-key">1</span>
              {t('legend.gap')}
            </li>
          )}
        </ul>
      )}
    </section>
  );
}

function Item({ color, text }: { color: string; text: string }) {
  return (
    <li>
      <span class="key line" style={{ background: color }} />
      {text}
    </li>
  );
}
