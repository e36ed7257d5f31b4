import { signal } from '@preact/signals';
import type { Composite, Study } from '../../api/types';
import { count, minutes, share } from '../../format';
import { nameOf, t } from '../../i18n';
import { missingColors } from '../../palette';
import { chosenZone, hoveredZone } from '../../state/app';
import { compositeLoader, need, needed, own, toggleNeed } from '../../state/composite';
import { latest } from '../../state/resource';
import { language, theme } from '../../state/settings';
import { demandText } from '../../ui/demand';
import { Notice } from '../../ui/Notice';

const FIRST_ZONES = 12;
const allZones = signal(false);

/** Which of several functions people lack within the cutoff. */
export function Missing({ study }: { study: Study }) {
  const state = compositeLoader.state.value;
  const found = latest(state);
  return (
    <div class="overview">
      <section>
        <h2>{t('missing.choose')}</h2>
        <div class="chips" role="group" aria-label={t('missing.choose')}>
          {study.standards.map((one) => one.composite && <Chip key={one.id} study={study} id={one.id} name={nameOf({ ...one.composite, id: one.id })} />)}
          {study.functions.map((one) => (
            <Chip key={one.id} study={study} id={one.id} name={nameOf(one)} />
          ))}
        </div>
      </section>
      {state.kind === 'failed' && <Notice problem={state.problem} onRetry={() => compositeLoader.retry()} />}
      {found !== null && <Counts found={found} fresh={state.kind === 'ready'} />}
      {found !== null && <Lacking found={found} study={study} />}
      {found !== null && <Zones found={found} />}
    </div>
  );
}

function Chip({ study, id, name }: { study: Study; id: string; name: string }) {
  return (
    <button type="button" class="chip" data-testid={`need-${id}`} aria-pressed={need.value.includes(id)} onClick={() => toggleNeed(study, id)}>
      {name}
    </button>
  );
}

/** How many lack none, one, two … of them. */
function Counts({ found, fresh }: { found: Composite; fresh: boolean }) {
  const { missing_persons } = found;
  const persons = found.persons - found.no_street_persons;
  const unrecorded = found.functions.some((row) => !row.recorded);
  const colors = missingColors(needed.value, theme.value);
  return (
    <section data-testid="missing" data-fresh={fresh}>
      <h2>{t('missing.counts')}</h2>
      <dl class="bars missing-bars">
        {missing_persons.map((lacking, n) => (
          <div key={n}>
            <dt>
              <span class="swatch" aria-hidden="true" style={{ background: colors[n] ?? 'none' }} />
              {n === 0 ? t(unrecorded ? 'missing.noneRecorded' : 'missing.none') : t('missing.some', { n: count(n, language.value) })}
            </dt>
            <dd>
              <span class="bar" aria-hidden="true">
                <span class="bar-fill" style={{ width: `${persons > 0 ? (lacking / persons) * 100 : 0}%`, background: colors[n] ?? 'none' }} />
              </span>
              <span class="num" data-testid="missing-persons" data-count={n} data-value={lacking}>
                {demandText(lacking)}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      {found.mean_farthest_min !== null && <p class="hint">{t('missing.farthest', { min: minutes(found.mean_farthest_min, language.value) })}</p>}
    </section>
  );
}

function Lacking({ found, study }: { found: Composite; study: Study }) {
  const rows = found.functions.filter((row) => row.missing_persons > 0).sort((a, b) => b.missing_persons - a.missing_persons);
  const named = (id: string) => {
    const rule = own.value?.rules.find((one) => one.id === id);
    return rule ? nameOf({ id, en: rule.name_en, zh: rule.name_zh }) : nameOf(study.functions.find((one) => one.id === id) ?? { id, en: '', zh: '' });
  };
  const unrecorded = found.functions.filter((row) => !row.recorded).map((row) => named(row.id));
  if (rows.length === 0 && unrecorded.length === 0) return null;
  return (
    <section>
      {unrecorded.length > 0 && (
        <p class="hint" data-testid="missing-unrecorded">
          {t('missing.notRecorded', { list: unrecorded.join(t('audit.listGap')) })}
        </p>
      )}
      <h2>{t('missing.functions')}</h2>
      <dl class="facts">
        {rows.map((row) => {
          return (
            <div key={row.id}>
              <dt>{named(row.id)}</dt>
              <dd class="num" data-testid="lacking" data-function={row.id} data-value={row.missing_persons}>
                {demandText(row.missing_persons)}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

const lacking = (zone: Composite['zones'][number]) => zone.persons - zone.no_street_persons - zone.complete_persons;

function Zones({ found }: { found: Composite }) {
  const zones = found.zones.filter(({ persons }) => persons > 0).sort((a, b) => lacking(b) - lacking(a));
  if (zones.length === 0) return null;
  const shown = allZones.value ? zones : zones.slice(0, FIRST_ZONES);
  return (
    <section>
      <h2>{t('missing.zones')}</h2>
      <table class="zones" data-testid="missing-zones">
        <thead>
          <tr>
            <th scope="col">{t('zones.name')}</th>
            <th scope="col">{t('missing.lackSome')}</th>
            <th scope="col">{t('missing.haveAll')}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((zone) => (
            <tr key={zone.id} class={chosenZone.value === zone.id ? 'chosen' : ''} onPointerEnter={() => (hoveredZone.value = zone.id)} onPointerLeave={() => (hoveredZone.value = null)}>
              <th scope="row">{zone.name}</th>
              <td class="num">{demandText(lacking(zone))}</td>
              <td class="num">{share(zone.share, language.value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < zones.length && (
        <button type="button" class="button wide" onClick={() => (allZones.value = true)}>
          {t('gaps.more', { n: count(zones.length, language.value) })}
        </button>
      )}
    </section>
  );
}
