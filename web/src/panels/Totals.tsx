import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Coverage } from '../api/types';
import { NONE, points, share } from '../format';
import { nameOf, t } from '../i18n';
import { baseline, chosenFunction, chosenProfile, coverage, coverageFresh, coverageLoader } from '../state/app';
import { scenarioId } from '../state/scenario';
import { language } from '../state/settings';
import { Bar } from '../ui/Bar';
import { demandText, demandUnit } from '../ui/demand';

/** Quiet time before a screen reader hears new totals, in milliseconds. */
const SPEAK_AFTER_MS = 700;

export function Totals() {
  const data = coverage.value;
  if (data === null) return coverageLoader.state.value.kind === 'loading' ? <TotalsWaiting /> : null;
  const fresh = coverageFresh.value;
  return (
    <section class={`totals${fresh ? '' : ' stale'}`} aria-label={t('totals.label')} data-testid="totals" data-fresh={fresh} data-cutoff={data.cutoff_min} data-function={data.function}>
      <div class="totals-main">
        <strong class="totals-share num" data-testid="total-share" data-value={data.share ?? ''}>
          {share(data.share, language.value)}
        </strong>
        <Change data={data} />
        <span class="totals-caption">{t('totals.covered', { min: data.cutoff_min })}</span>
      </div>
      <Bar share={data.share} />
      <dl class="totals-parts">
        <Part label={t('totals.coveredCount')} value={data.recorded ? data.covered_persons : null} id="total-covered" tone="covered" />
        <Part label={t('totals.uncovered')} value={data.recorded ? data.persons - data.covered_persons - data.no_street_persons : null} id="total-uncovered" tone="uncovered" />
        {data.no_street_persons > 0 && <Part label={t('totals.noStreet')} value={data.no_street_persons} id="total-no-street" tone="quiet" />}
        <Part label={t('totals.all')} value={data.persons} id="total-persons" tone="quiet" />
      </dl>
      <p class="hint">{demandUnit()}</p>
      {data.facilities === 0 && <Empty text={t(data.recorded ? 'empty.facilities' : 'empty.notRecorded', { function: functionName() })} id="empty-facilities" />}
      {data.off_network_facilities > 0 && <p class="hint">{t('totals.offNetwork', { n: data.off_network_facilities })}</p>}
      {data.facilities > 0 && data.persons === 0 && <Empty text={t('empty.demand')} id="empty-demand" />}
      <Spoken data={data} />
    </section>
  );
}

/** How far the scenario moves the share, beside the share itself. */
function Change({ data }: { data: Coverage }) {
  const before = baseline.value;
  if (scenarioId.value === null || before === null || before.share === null || data.share === null) return null;
  const difference = data.share - before.share;
  return (
    <span class={`change num${difference > 0 ? ' up' : difference < 0 ? ' down' : ''}`} data-testid="total-change" data-value={difference}>
      {t('totals.change', { points: points(difference, language.value) })}
    </span>
  );
}

/** Stands where totals will be. */
export function TotalsWaiting() {
  return (
    <section class="totals" aria-busy="true" aria-label={t('totals.updating')}>
      <span class="skeleton wide" />
      <span class="skeleton" />
    </section>
  );
}

const functionName = () => (chosenFunction.value ? nameOf(chosenFunction.value) : '');

function Empty({ text, id }: { text: string; id: string }) {
  return (
    <p class="empty" data-testid={id}>
      {text}
    </p>
  );
}

/** One of the numbers that the totals are made of. */
export function Part({ label, value, id, tone }: { label: string; value: number | null; id: string; tone: 'covered' | 'uncovered' | 'quiet' }) {
  return (
    <div>
      <dt>
        <span class={`swatch ${tone}`} aria-hidden="true" />
        {label}
      </dt>
      <dd class="num" data-testid={id} data-value={value ?? ''}>
        {value === null ? NONE : demandText(value)}
      </dd>
    </div>
  );
}

const spoken = signal('');

/** Says the totals once they have settled, not at every step of the slider. */
function Spoken({ data }: { data: Coverage }) {
  const text = t('totals.live', {
    function: functionName(),
    profile: chosenProfile.value ? nameOf(chosenProfile.value) : '',
    min: data.cutoff_min,
    share: share(data.share, language.value),
    covered: data.recorded ? demandText(data.covered_persons) : NONE,
    uncovered: data.recorded ? demandText(data.persons - data.covered_persons - data.no_street_persons) : NONE,
    all: demandText(data.persons),
  });
  useEffect(() => {
    const timer = setTimeout(() => (spoken.value = text), SPEAK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p class="sr-only" aria-live="polite" data-testid="totals-live">
      {spoken.value}
    </p>
  );
}
