import type { Why } from '../api/types';
import { meters, minutes } from '../format';
import { nameOf, t } from '../i18n';
import { chosenFunction, query } from '../state/app';
import { language } from '../state/settings';
import { Icon } from '../ui/Icon';

/** The answer for the service asked for, in a sentence: the nearest, how far over or under, and the runner-up. */
export function Verdict({ why }: { why: Why }) {
  const asked = query.value;
  const row = why.functions.find((one) => one.function === asked?.function);
  if (asked === null || row === undefined) return null;
  const service = chosenFunction.value ? nameOf(chosenFunction.value) : row.function;
  const [first, second] = row.nearest;
  const min = (value: number | null) => minutes(value, language.value);
  const nameOfSite = (name: string) => name || t('why.unnamed');
  return (
    <div class={`verdict ${row.within ? 'covered' : 'uncovered'}`} data-testid="verdict" data-within={row.within}>
      <Icon name={row.within ? 'check' : 'cross'} size={18} />
      <div>
        <strong>{t(row.within ? 'verdict.covered' : 'verdict.uncovered', { function: service, min: asked.cutoff_min })}</strong>
        {first === undefined ? (
          <p>{t('verdict.none')}</p>
        ) : (
          <p>
            {t('verdict.nearest', { name: nameOfSite(first.name), min: min(first.min), m: meters(first.m, language.value) })}
            {first.min !== null && !row.within && `${language.value === 'zh' ? '' : ' '}${t('verdict.over', { over: min(first.min - asked.cutoff_min) })}`}
          </p>
        )}
        {second !== undefined && <p class="hint">{t('verdict.runnerUp', { name: nameOfSite(second.name), min: min(second.min) })}</p>}
      </div>
    </div>
  );
}
