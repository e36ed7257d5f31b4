import { signal } from '@preact/signals';
import type { ComparedPart, ComparedRule, Comparison, Named } from '../../api/types';
import { points, share } from '../../format';
import { nameOf, t } from '../../i18n';
import { boundsOf } from '../../map/shapes';
import { chosenZone, flight, hoveredZone, study, zonesLoader } from '../../state/app';
import { latest } from '../../state/resource';
import { language } from '../../state/settings';
import { demandText, demandUnit } from '../../ui/demand';
import { Icon } from '../../ui/Icon';

const FIRST_ROWS = 12;
const allZones = signal(false);
const groupName = (id: string) => {
  const known = study.value?.groups.find((one) => one.id === id);
  return known ? nameOf(known) : id;
};
const ruleName = ({ standard, rule }: ComparedRule): string => {
  const known: Named | undefined = study.value?.standards.find((one) => one.id === standard)?.rules.find((one) => one.id === rule);
  return known ? nameOf(known) : rule;
};
const net = (part: ComparedPart) => part.gained_persons - part.lost_persons;

export function Answer({ found, fresh }: { found: Comparison; fresh: boolean }) {
  return (
    <>
      <Totals found={found} fresh={fresh} />
      {found.rules.length > 0 && <Rules found={found} />}
      {found.groups.length > 0 && (
        <section>
          <h3>{t('compare.groups')}</h3>
          <Parts rows={found.groups.map((group) => ({ ...group, name: groupName(group.id), zone: false }))} head={t('compare.group')} id="compare-groups" />
        </section>
      )}
      <Zones found={found} />
    </>
  );
}

function Totals({ found, fresh }: { found: Comparison; fresh: boolean }) {
  const { a, b, gained_persons, lost_persons } = found;
  const difference = a.share === null || b.share === null ? null : b.share - a.share;
  return (
    <section class="totals" data-testid="comparison" data-fresh={fresh} aria-label={t('totals.label')}>
      <div class="ba-row">
        <div>
          <span class="hint">{a.name || t('scenario.baseline')}</span>
          <strong class="num" data-testid="compare-a" data-value={a.covered_persons}>
            {share(a.share, language.value)}
          </strong>
        </div>
        <span class="ba-arrow" aria-hidden="true">
          →
        </span>
        <div>
          <span class="hint">{b.name || t('scenario.baseline')}</span>
          <strong class="num ba-after" data-testid="compare-b" data-value={b.covered_persons}>
            {share(b.share, language.value)}
          </strong>
        </div>
        <span class={`change num${(difference ?? 0) > 0 ? ' up' : (difference ?? 0) < 0 ? ' down' : ''}`}>{t('totals.change', { points: points(difference, language.value) })}</span>
      </div>
      <dl class="totals-parts">
        <div>
          <dt>
            <span class="swatch covered" aria-hidden="true" />
            {t('compare.gained')}
          </dt>
          <dd class="num" data-testid="gained" data-value={gained_persons}>
            {demandText(gained_persons)}
          </dd>
        </div>
        <div>
          <dt>
            <span class="swatch ring" aria-hidden="true" />
            {t('compare.lost')}
          </dt>
          <dd class="num" data-testid="lost" data-value={lost_persons}>
            {demandText(lost_persons)}
          </dd>
        </div>
        <div>
          <dt>{t('compare.net')}</dt>
          <dd class="num">{signed(gained_persons - lost_persons)}</dd>
        </div>
      </dl>
      <p class="hint">{demandUnit()}</p>
    </section>
  );
}

const signed = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${demandText(Math.abs(value))}`;

/** Rules whose verdict turns, then the rest that move. */
function Rules({ found }: { found: Comparison }) {
  const turned = found.rules.filter((rule) => rule.before_pass !== rule.after_pass);
  if (turned.length === 0) return <p class="hint">{t('compare.rulesSame', { n: found.rules.length })}</p>;
  return (
    <section>
      <h3>{t('compare.rules')}</h3>
      <ul class="rules" data-testid="compare-rules">
        {turned.map((rule) => (
          <li key={`${rule.standard}/${rule.rule}`} class={rule.after_pass === true ? 'met' : 'failing'}>
            <span class="rule-mark" role="img" aria-label={t(rule.after_pass === true ? 'why.passed' : 'why.failed')}>
              <Icon name={rule.after_pass === true ? 'check' : 'cross'} size={14} />
            </span>
            <span>{ruleName(rule)}</span>
            <span class="num rule-found">
              {share(rule.before_share, language.value)} → {share(rule.after_share, language.value)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Zones({ found }: { found: Comparison }) {
  const moved = found.zones.filter((zone) => zone.gained_persons > 0 || zone.lost_persons > 0).sort((a, b) => Math.abs(net(b)) - Math.abs(net(a)) || (a.id < b.id ? -1 : 1));
  const shown = allZones.value ? moved : moved.slice(0, FIRST_ROWS);
  return (
    <section>
      <h3>{t('compare.zones')}</h3>
      {moved.length === 0 ? <p class="hint">{t('compare.noZone')}</p> : <Parts rows={shown.map((zone) => ({ ...zone, zone: true }))} head={t('zones.name')} id="compare-zones" />}
      {shown.length < moved.length && (
        <button type="button" class="button wide" onClick={() => (allZones.value = true)}>
          {t('gaps.more', { n: moved.length })}
        </button>
      )}
    </section>
  );
}

function fly(id: string): void {
  chosenZone.value = id;
  const zone = latest(zonesLoader.state.peek())?.features.find((feature) => feature.properties.id === id);
  const bounds = zone ? boundsOf(zone.geometry) : null;
  if (bounds !== null) flight.value = { kind: 'bounds', bounds };
}

function Parts({ rows, head, id }: { rows: readonly (ComparedPart & { name: string; zone: boolean })[]; head: string; id: string }) {
  return (
    <table class="zones" data-testid={id}>
      <thead>
        <tr>
          <th scope="col">{head}</th>
          <th scope="col">{t('zones.share')}</th>
          <th scope="col">{t('compare.gained')}</th>
          <th scope="col">{t('compare.lost')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} class={row.zone && chosenZone.value === row.id ? 'chosen' : ''} onPointerEnter={() => row.zone && (hoveredZone.value = row.id)} onPointerLeave={() => (hoveredZone.value = null)}>
            <th scope="row">
              {row.zone ? (
                <button type="button" class="link" onClick={() => fly(row.id)}>
                  {row.name}
                </button>
              ) : (
                row.name
              )}
            </th>
            <td class="num">
              {share(row.before_share, language.value)} → {share(row.after_share, language.value)}
            </td>
            <td class="num gain-text">{row.gained_persons > 0 ? demandText(row.gained_persons) : '–'}</td>
            <td class="num over">{row.lost_persons > 0 ? demandText(row.lost_persons) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
