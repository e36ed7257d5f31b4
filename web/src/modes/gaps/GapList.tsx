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
  const most = all[0]?.properties.persons ?? 1;
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

function GapRow({ gap, most }: { gap: Gap; most: number }) {
  const { rank, persons, nearest_min, zone, lon, lat } = gap.properties;
  const row = useRef<HTMLLIElement>(null);
  const chosen = chosenGap.value === rank;
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const name = zone ?? t('gaps.unnamed');
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
          <span class="hint">{nearest_min === null ? t('gaps.unreached') : t('gaps.nearest', { min: minutes(nearest_min, language.value) })}</span>
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
