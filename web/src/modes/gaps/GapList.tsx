import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Gaps } from '../../api/types';
import { count, minutes } from '../../format';
import { t } from '../../i18n';
import { boundsOf } from '../../map/shapes';
import { chosenGap, coverage, flight, gaps, hoveredGap, inspect, query } from '../../state/app';
import { language } from '../../state/settings';
import { Bar } from '../../ui/Bar';
import { demandText } from '../../ui/demand';

const FIRST_ROWS = 30;
const showAll = signal(false);

type Gap = Gaps['features'][number];

function choose(gap: Gap): void {
  chosenGap.value = gap.properties.rank;
  const bounds = boundsOf(gap.geometry);
  if (bounds !== null) flight.value = { kind: 'bounds', bounds };
}

export function GapList() {
  const data = gaps.value;
  if (data === null) return null;
  if (coverage.value?.facilities === 0) return null;
  const all = data.features;
  if (all.length === 0) return <p class="empty good">{t('gaps.none', { min: query.value?.cutoff_min ?? 0 })}</p>;
  const chosen = chosenGap.value ?? 0;
  const shown = showAll.value ? all : all.slice(0, Math.max(FIRST_ROWS, chosen));
  const most = all.reduce((high, gap) => Math.max(high, gap.properties.persons), 0) || 1;
  return (
    <section>
      <div class="section-head">
        <h2>{t('gaps.title')}</h2>
        <span class="hint num">{t('gaps.count', { n: count(all.length, language.value) })}</span>
      </div>
      <ol class="gaps" data-testid="gaps">
        {shown.map((gap) => (
          <GapRow key={gap.properties.rank} gap={gap} most={most} />
        ))}
      </ol>
      {shown.length < all.length && (
        <button type="button" class="button wide" onClick={() => (showAll.value = true)}>
          {t('gaps.more', { n: count(all.length, language.value) })}
        </button>
      )}
    </section>
  );
}

/** Homes scattered over a zone, or over the study. */
const scattered = (zone: string): string => (zone === '' ? t('gaps.scatteredAll') : t('gaps.scattered', { zone }));

/** The mean walk beside that of the best home. */
function walks(mean: number | null, nearest: number | null): string {
  if (mean === null || nearest === null) return t('gaps.unreached');
  return t('gaps.walks', { mean: minutes(mean, language.value), min: minutes(nearest, language.value) });
}

function GapRow({ gap, most }: { gap: Gap; most: number }) {
  const { rank, kind, persons, mean_min, nearest_min, lon, lat } = gap.properties;
  const row = useRef<HTMLLIElement>(null);
  const chosen = chosenGap.value === rank;
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const name = kind === 'scattered' ? scattered(gap.properties.community) : gap.properties.name;
  return (
    <li
      ref={row}
      class={`gap${chosen ? ' chosen' : ''}${hoveredGap.value === rank ? ' hover' : ''}`}
      data-testid="gap"
      data-rank={rank}
      data-value={persons}
      onPointerEnter={() => (hoveredGap.value = rank)}
      onPointerLeave={() => (hoveredGap.value = null)}
    >
      <button type="button" class="gap-main" aria-pressed={chosen} onClick={() => choose(gap)}>
        <span class="badge num">{rank}</span>
        <span class="gap-name">
          <span title={name}>{name}</span>
          <span class="hint">{walks(mean_min, nearest_min)}</span>
        </span>
        <span class="gap-number">
          <strong class="num">
            {demandText(persons)}
            <span class="sr-only"> {t('totals.uncovered')}</span>
          </strong>
          <Bar share={persons / most} tone="uncovered" />
        </span>
      </button>
      <button
        type="button"
        class="button small"
        aria-label={t('gaps.inspectLabel', { rank })}
        onClick={() => {
          chosenGap.value = rank;
          flight.value = { kind: 'place', place: [lon, lat] };
          inspect([lon, lat]);
        }}
      >
        {t('gaps.inspect')}
      </button>
    </li>
  );
}
