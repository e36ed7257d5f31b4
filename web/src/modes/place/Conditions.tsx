import { takes } from '../../api/served';
import { t } from '../../i18n';
import { coverage } from '../../state/app';
import { change, form, SITES_MAX, SPACING_MAX_M } from '../../state/place';
import { EVERY_ZONE, keepsConditions, mayPhase, type ZoneRule } from '../../state/place-ask';
import { study } from '../../state/study';
import { Icon } from '../../ui/Icon';
import { Stepper } from '../../ui/Stepper';

const SPACING_STEP_M = 50;

const yearsShown = () => form.value.problem === 'years' || (form.value.phased && mayPhase(form.value.problem));

/** How many conditions are set, so that a folded section does not hide them. */
function countSet(): number {
  const { spacingM, zones, milestones, yearly } = form.value;
  const apart = keepsConditions(form.value.problem);
  const rules = zones.filter(({ least, most }) => least !== null || most !== null).length;
  const years = yearsShown() ? milestones.slice(0, yearly.length).filter((percent) => percent > 0).length : 0;
  return (apart ? (spacingM > 0 ? 1 : 0) + rules : 0) + years;
}

/** What sites must keep besides: folded, as most searches do without. */
export function Conditions() {
  const years = yearsShown() && takes('place', 'milestones');
  const apart = keepsConditions(form.value.problem) && takes('place', 'min_spacing_m');
  if (!years && !apart) return null;
  const n = countSet();
  return (
    <details class="conditions" data-testid="place-conditions" data-set={n}>
      <summary>
        {t('conditions.title')}
        {n > 0 && <span class="hint"> {t('conditions.set', { n })}</span>}
      </summary>
      <div class="stack">
        {apart && (
          <Stepper id="place-spacing" label={t('conditions.spacing')} value={form.value.spacingM} min={0} max={SPACING_MAX_M} step={SPACING_STEP_M} unit="m" onChange={(spacingM) => change({ spacingM })} />
        )}
        {apart && <Zones />}
        {years && <Milestones />}
      </div>
    </details>
  );
}

const put = (at: number, part: Partial<ZoneRule>) => change({ zones: form.peek().zones.map((one, i) => (i === at ? { ...one, ...part } : one)) });

/** At least and at most so many sites by zone: rules are added one by one. */
function Zones() {
  const { zones } = form.value;
  const all = coverage.value?.zones ?? [];
  if (all.length === 0) return null;
  const free = (zone: string) => zones.every((one) => one.zone !== zone);
  const next = [EVERY_ZONE, ...all.map(({ id }) => id)].find(free);
  return (
    <div role="group" aria-label={t('conditions.zones')}>
      <span class="field-label">{t('conditions.zones')}</span>
      {zones.map((one, at) => (
        <ZoneRow key={at} at={at} rule={one} free={free} />
      ))}
      {next !== undefined && (
        <button type="button" class="button small" data-testid="zone-rule-add" onClick={() => change({ zones: [...zones, { zone: next, least: null, most: zones.length === 0 ? 1 : null }] })}>
          {t('conditions.addZone')}
        </button>
      )}
    </div>
  );
}

function ZoneRow({ at, rule, free }: { at: number; rule: ZoneRule; free: (zone: string) => boolean }) {
  const levels = study.value?.zone_levels ?? [];
  const all = coverage.value?.zones ?? [];
  return (
    <div class="zone-rule" data-testid="zone-rule">
      <div class="zone-rule-head">
        <select aria-label={t('conditions.zone')} data-testid={`zone-rule-${at}`} value={rule.zone} onChange={(event) => put(at, { zone: event.currentTarget.value })}>
          <option value={EVERY_ZONE} selected={rule.zone === EVERY_ZONE} disabled={!free(EVERY_ZONE) && rule.zone !== EVERY_ZONE}>
            {t('conditions.everyZone')}
          </option>
          {levels.map((level) => (
            <optgroup key={level} label={level}>
              {all
                .filter((zone) => zone.level === level)
                .map(({ id, name }) => (
                  <option key={id} value={id} selected={rule.zone === id} disabled={!free(id) && rule.zone !== id}>
                    {name}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
        <button type="button" class="icon-button tiny" aria-label={t('conditions.remove')} title={t('conditions.remove')} data-testid={`zone-rule-remove-${at}`} onClick={() => change({ zones: form.peek().zones.filter((_, i) => i !== at) })}>
          <Icon name="close" size={14} />
        </button>
      </div>
      <div class="pair">
        <Amount id={`zone-least-${at}`} label={t('conditions.least')} value={rule.least} onChange={(least) => put(at, { least })} />
        <Amount id={`zone-most-${at}`} label={t('conditions.most')} value={rule.most} onChange={(most) => put(at, { most })} />
      </div>
    </div>
  );
}

/** A number that may be left out. */
function Amount({ id, label, value, onChange }: { id: string; label: string; value: number | null; onChange: (value: number | null) => void }) {
  return (
    <label class="field" for={id}>
      <span class="field-label">{label}</span>
      <input
        id={id}
        data-testid={id}
        class="num amount"
        type="number"
        min={0}
        max={SITES_MAX}
        step="1"
        placeholder={t('conditions.any')}
        value={value ?? ''}
        onChange={(event) => {
          const next = event.currentTarget.valueAsNumber;
          const kept = Number.isFinite(next) ? Math.min(SITES_MAX, Math.max(0, Math.round(next))) : null;
          onChange(kept);
          event.currentTarget.value = kept === null ? '' : String(kept);
        }}
      />
    </label>
  );
}

/** Shares that must be reached by the end of a year. */
function Milestones() {
  const { yearly, milestones, firstYear } = form.value;
  const set = (at: number, percent: number) => change({ milestones: yearly.map((_, i) => (i === at ? percent : (milestones[i] ?? 0))) });
  return (
    <div role="group" aria-label={t('conditions.milestones')}>
      <span class="field-label">{t('conditions.milestones')}</span>
      <ol class="years">
        {yearly.map((_, i) => (
          <li key={i}>
            <Stepper id={`place-milestone-${i}`} label={String(firstYear + i)} value={milestones[i] ?? 0} min={0} max={100} step={5} unit="%" onChange={(percent) => set(i, percent)} />
          </li>
        ))}
      </ol>
      <p class="hint">{t('conditions.milestonesHint')}</p>
    </div>
  );
}
