import type { WhyRule } from '../api/types';
import { meters, minutes } from '../format';
import { nameOf, t } from '../i18n';
import { language } from '../state/settings';
import { study } from '../state/study';
import { Icon } from '../ui/Icon';

/** The failing rules in full; the ones that are met behind one line. */
export function RuleList({ rules }: { rules: readonly WhyRule[] }) {
  const failing = rules.filter((rule) => !rule.passes);
  const met = rules.filter((rule) => rule.passes);
  return (
    <section data-testid="rules" data-failing={failing.length}>
      <h3>{failing.length === 0 ? t('why.allMet', { n: rules.length }) : t('why.someFail', { n: failing.length, all: rules.length })}</h3>
      <ul class="rules">
        {failing.map((rule) => (
          <Rule key={`${rule.standard}/${rule.rule}`} rule={rule} />
        ))}
      </ul>
      {met.length > 0 && (
        <details>
          <summary>{t('why.metList', { n: met.length })}</summary>
          <ul class="rules">
            {met.map((rule) => (
              <Rule key={`${rule.standard}/${rule.rule}`} rule={rule} />
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Rule({ rule }: { rule: WhyRule }) {
  return (
    <li class={rule.passes ? 'met' : 'failing'} data-testid="rule" data-passes={rule.passes}>
      <span class="rule-mark" role="img" aria-label={t(rule.passes ? 'why.passed' : 'why.failed')}>
        <Icon name={rule.passes ? 'check' : 'cross'} size={14} />
      </span>
      <span>{fullName(rule)}</span>
      <span class="num rule-found">{found(rule)}</span>
    </li>
  );
}

/** What the rule asks for in full, where the study tells it. */
function fullName(rule: WhyRule): string {
  const known = study.value?.standards.find(({ id }) => id === rule.standard)?.rules.find(({ id }) => id === rule.rule);
  return nameOf({ id: rule.rule, en: known?.name_en ?? rule.en, zh: known?.name_zh ?? rule.zh });
}

/** What was found, in the unit the rule asks for. */
function found(rule: WhyRule): string {
  if (rule.cutoff_min === null && rule.cutoff_m !== null) {
    return rule.found_m === null ? t('why.foundNone') : meters(rule.found_m, language.value);
  }
  return rule.found_min === null ? t('why.foundNone') : `${minutes(rule.found_min, language.value)} ${t('unit.min')}`;
}
