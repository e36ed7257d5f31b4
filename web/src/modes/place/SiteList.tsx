import type { PlaceResult, PlanSite } from '../../api/job-types';
import { cost, share } from '../../format';
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

/** What a site brings: people newly within reach, or those whose nearest it is. */
const worth = (site: PlanSite): number | null => site.served_persons ?? site.gained_persons;

/** The sites in the order in which they bring most, year by year where they open in years; as numbered on the map. */
export function SiteList({ plan }: { plan: PlaceResult }) {
  const most = Math.max(1e-9, ...plan.sites.map((site) => worth(site) ?? 0));
  const priced = plan.sites.some((site) => site.cost !== 1);
  const served = plan.sites.some((site) => site.served_persons !== undefined);
  const row = (site: PlanSite) => <Site key={site.id} site={site} most={most} priced={priced} />;
  return (
    <section>
      <div class="section-head">
        <h3>{t('plan.sites', { n: plan.sites.length })}</h3>
        <span class="hint">{t(served ? 'plan.servedHead' : 'plan.gainHead')}</span>
      </div>
      {plan.phases.length === 0 ? (
        <ol class="plan-sites" data-testid="plan-sites">
          {plan.sites.map(row)}
        </ol>
      ) : (
        plan.phases.map((phase) => (
          <div key={phase.phase} class="plan-year" data-testid="plan-year" data-phase={phase.phase} data-sites={phase.sites} data-gained={phase.gained_persons} data-share={phase.share ?? ''}>
            <div class="section-head">
              <h4>{t('phases.group', { year: phase.year ?? phase.phase, n: phase.sites })}</h4>
              <span class="hint num">{`+${demandText(phase.gained_persons)} · ${share(phase.share, language.value)}`}</span>
            </div>
            <ol class="plan-sites" data-testid="plan-sites">
              {plan.sites.filter((site) => site.phase === phase.phase).map(row)}
            </ol>
          </div>
        ))
      )}
    </section>
  );
}

/** What kind of thing it is, where that is not plain. */
const kindOf = (site: PlanSite): string => (site.kind === 'gate' || site.kind === 'center' ? t(`plan.${site.kind}`) : '');

function Site({ site, most, priced }: { site: PlanSite; most: number; priced: boolean }) {
  const held = locks.value.get(site.id);
  const name = placeName(site);
  const brings = worth(site);
  const facts = [kindOf(site), site.zone && site.zone !== name ? site.zone : name === site.id ? '' : site.id, priced ? t('plan.cost', { n: cost(site.cost, language.value) }) : ''];
  return (
    <li class={chosenPlan.value === site.id ? 'chosen' : ''} data-testid="plan-site" data-id={site.id} data-value={brings ?? ''} data-phase={site.phase ?? ''}>
      <button type="button" class="gap-main" aria-pressed={chosenPlan.value === site.id} onClick={() => choose(site)}>
        <span class="badge site num">{site.order}</span>
        <span class="gap-name">
          <span>{name}</span>
          <span class="hint">
            {facts.filter((text) => text !== '').join(' · ')}
            {held && <Icon name={held.kind === 'forbidden' ? 'block' : 'check'} size={13} />}
          </span>
        </span>
        {brings !== null && (
          <span class="gap-number">
            <strong class="num">{`${site.served_persons === undefined ? '+' : ''}${demandText(brings)}`}</strong>
            <Bar share={brings / most} />
            {site.cumulative_persons !== null && <span class="hint num">{t('plan.cumulative', { n: demandText(site.cumulative_persons) })}</span>}
          </span>
        )}
      </button>
    </li>
  );
}
