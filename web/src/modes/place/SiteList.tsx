import type { PlaceResult, PlanSite } from '../../api/job-types';
import { cost } from '../../format';
import { t } from '../../i18n';
import { flight } from '../../state/app';
import { chosenPlan, locks } from '../../state/place';
import { placeName } from '../../state/plan-names';
import { language } from '../../state/settings';
import { Bar } from '../../ui/Bar';
import { demandText } from '../../ui/demand';
import { Icon } from '../../ui/Icon';

function choose(site: PlanSite): void {
  chosenPlan.value = site.id;
  flight.value = { kind: 'place', place: site.place };
}

/** The sites in the order in which they bring most, as numbered on the map. */
export function SiteList({ plan }: { plan: PlaceResult }) {
  const most = Math.max(1e-9, ...plan.sites.map((site) => site.gained_persons ?? 0));
  const priced = plan.sites.some((site) => site.cost !== 1);
  return (
    <section>
      <div class="section-head">
        <h3>{t('plan.sites', { n: plan.sites.length })}</h3>
        <span class="hint">{t('plan.gainHead')}</span>
      </div>
      <ol class="plan-sites" data-testid="plan-sites">
        {plan.sites.map((site) => (
          <Site key={site.id} site={site} most={most} priced={priced} />
        ))}
      </ol>
    </section>
  );
}

function Site({ site, most, priced }: { site: PlanSite; most: number; priced: boolean }) {
  const held = locks.value.get(site.id);
  const name = placeName(site);
  const facts = [site.zone && site.zone !== name ? site.zone : name === site.id ? '' : site.id, site.year ? String(site.year) : '', priced ? t('plan.cost', { n: cost(site.cost, language.value) }) : ''];
  return (
    <li class={chosenPlan.value === site.id ? 'chosen' : ''} data-testid="plan-site" data-id={site.id} data-value={site.gained_persons ?? ''}>
      <button type="button" class="gap-main" aria-pressed={chosenPlan.value === site.id} onClick={() => choose(site)}>
        <span class="badge site num">{site.order}</span>
        <span class="gap-name">
          <span>{name}</span>
          <span class="hint">
            {facts.filter((text) => text !== '').join(' · ')}
            {held && <Icon name={held.kind === 'forbidden' ? 'block' : 'check'} size={13} />}
          </span>
        </span>
        {site.gained_persons !== null && (
          <span class="gap-number">
            <strong class="num">+{demandText(site.gained_persons)}</strong>
            <Bar share={site.gained_persons / most} />
            {site.cumulative_persons !== null && <span class="hint num">{t('plan.cumulative', { n: demandText(site.cumulative_persons) })}</span>}
          </span>
        )}
      </button>
    </li>
  );
}
