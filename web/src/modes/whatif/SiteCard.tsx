import { signal } from '@preact/signals';
import type { Study } from '../../api/types';
import { nameOf, t } from '../../i18n';
import { mapNow } from '../../map/now';
import { study } from '../../state/app';
import type { SiteFeature } from '../../state/sites';
import { readOnly } from '../../state/study';
import { Icon } from '../../ui/Icon';
import { Select } from '../../ui/Select';
import { siteName } from './sentence';
import { chosenSite, make, named, site } from './tools';
import { scenario } from '../../state/scenario';

const wanted = signal('');

/** The site chosen on the map, and what may be done with it. */
export function SiteCard() {
  const feature = site.value;
  const known = study.value;
  if (feature === null || known === null) return null;
  const { key, change, functions, capacity } = feature.properties;
  const services = functions.map((id) => known.functions.find((one) => one.id === id)).flatMap((one) => (one ? [nameOf(one)] : []));
  return (
    <section class="card" data-testid="site" data-key={key} aria-label={t('whatif.site')}>
      <div class="card-head">
        <div>
          <h3>{siteName(key, scenario.value?.edits ?? [])}</h3>
          <p class="hint">
            {[services.join(', '), capacity === null ? '' : t('whatif.capacity', { n: capacity }), change ? t(`change.${change}`) : ''].filter((text) => text !== '').join(' · ')}
          </p>
        </div>
        <button type="button" class="icon-button" aria-label={t('why.close')} title={t('why.close')} onClick={() => (chosenSite.value = null)}>
          <Icon name="close" />
        </button>
      </div>
      {!readOnly.value && change !== 'closed' && <Actions feature={feature} known={known} />}
    </section>
  );
}

function Actions({ feature, known }: { feature: SiteFeature; known: Study }) {
  const others = known.functions.filter(({ id }) => !feature.properties.functions.includes(id));
  const service = others.find(({ id }) => id === wanted.value) ?? others[0];
  const moveHere = () => {
    const center = mapNow.peek()?.getCenter();
    if (center !== undefined) void make({ edit: 'move_facility', ...named(feature), place: [center.lng, center.lat] });
  };
  return (
    <>
      <p class="hint">{t('whatif.dragHint')}</p>
      <div class="actions">
        <button type="button" class="button small" data-testid="site-close" onClick={() => void make({ edit: 'close_facility', ...named(feature) })}>
          {t('whatif.close')}
        </button>
        <button type="button" class="button small" data-testid="site-move" onClick={moveHere}>
          {t('whatif.moveHere')}
        </button>
      </div>
      {service !== undefined && (
        <div class="upgrade">
          <Select id="upgrade" label={t('whatif.alsoOffers')} value={service.id} choices={others.map((one) => ({ value: one.id, text: nameOf(one) }))} onChoose={(id) => (wanted.value = id)} />
          <button type="button" class="button" data-testid="site-upgrade" onClick={() => void make({ edit: 'upgrade_facility', ...named(feature), offers: [{ function: service.id }] })}>
            {t('whatif.upgrade')}
          </button>
        </div>
      )}
    </>
  );
}
