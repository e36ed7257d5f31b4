import type { NearFacility, RouteProperties, Study, WhyFunction } from '../api/types';
import { meters, minutes } from '../format';
import { nameOf, t } from '../i18n';
import { chosenFacility, query, routeLoader } from '../state/app';
import { latest } from '../state/resource';
import { language } from '../state/settings';
import { Icon } from '../ui/Icon';
import { Notice } from '../ui/Notice';

const STREETS_SHOWN = 8;

interface Props {
  rows: readonly WhyFunction[];
  study: Study;
}

/** The nearest two facilities of every service, the chosen service first. */
export function NearestList({ rows, study }: Props) {
  const asked = query.value;
  const sorted = [...rows].sort((a, b) => Number(b.function === asked?.function) - Number(a.function === asked?.function));
  return (
    <section>
      <h3>{t('why.nearest')}</h3>
      <p class="hint">{t('why.nearestHint')}</p>
      {sorted.map((row) => {
        const fn = study.functions.find((f) => f.id === row.function);
        return (
          <div key={row.function} class="nearest" data-testid="nearest" data-function={row.function}>
            <div class="nearest-head">
              <h4>{fn ? nameOf(fn) : row.function}</h4>
              <span class={`tag ${row.within ? 'covered' : 'uncovered'}`}>
                <Icon name={row.within ? 'check' : 'cross'} size={12} />
                {t(row.within ? 'why.within' : 'why.beyond', { min: asked?.cutoff_min ?? 0 })}
              </span>
            </div>
            {row.nearest.length === 0 && <p class="hint">{t('why.none')}</p>}
            {row.nearest.map((near) => (
              <NearRow key={near.facility} near={near} />
            ))}
          </div>
        );
      })}
    </section>
  );
}

function NearRow({ near }: { near: NearFacility }) {
  const chosen = chosenFacility.value === near.facility;
  const name = near.name || t('why.unnamed');
  return (
    <>
      <button
        type="button"
        class={`near${chosen ? ' chosen' : ''}`}
        data-testid="near"
        data-facility={near.facility}
        aria-pressed={chosen}
        title={t('why.route', { name })}
        onClick={() => (chosenFacility.value = chosen ? null : near.facility)}
      >
        <span class="near-name">{name}</span>
        <span class="num near-min" data-value={near.min ?? ''}>
          {minutes(near.min, language.value)} {t('unit.min')}
        </span>
        <span class="num near-m">{meters(near.m, language.value)}</span>
      </button>
      {chosen && <Walk />}
    </>
  );
}

function Walk() {
  const state = routeLoader.state.value;
  if (state.kind === 'failed') return <Notice problem={state.problem} onRetry={() => routeLoader.retry()} />;
  const route = latest(state);
  return route === null ? <p class="hint waiting">{t('why.loading')}</p> : <Streets walk={route.properties} />;
}

function Streets({ walk }: { walk: RouteProperties }) {
  const rest = walk.streets.length - STREETS_SHOWN;
  return (
    <div class="walk" data-testid="walk" data-value={walk.min}>
      <p class="hint">
        {t('why.walk', { min: minutes(walk.min, language.value), m: meters(walk.m, language.value), access: meters(walk.access_m, language.value) })}
      </p>
      <ol>
        {walk.streets.slice(0, STREETS_SHOWN).map((street, i) => (
          <li key={i}>
            <span>{street.name || t('why.walkUnnamed')}</span>
            <span class="num">{meters(street.m, language.value)}</span>
          </li>
        ))}
      </ol>
      {rest > 0 && <p class="hint">{t('why.walkMore', { n: rest })}</p>}
    </div>
  );
}
