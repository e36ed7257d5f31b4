import type { AuditRule } from '../../api/job-types';
import type { Study } from '../../api/types';
import { count, meters, share, speed } from '../../format';
import { nameOf, t } from '../../i18n';
import { chosenRule, isExact, show, type Audited } from '../../state/audit';
import { language } from '../../state/settings';
import { Bar } from '../../ui/Bar';
import { demandText } from '../../ui/demand';
import { Icon, type IconName } from '../../ui/Icon';
import { inEither, Word, type Worded } from './Word';

const title = (rule: AuditRule): string => nameOf({ id: rule.rule, en: rule.en, zh: rule.zh });
/** Told for information: nothing is asked, so nothing is met. */
const isCounted = (rule: AuditRule) => rule.pass_share === 0;
const isMet = (rule: AuditRule) => !isCounted(rule) && (rule.outcome === 'pass' || rule.outcome === 'benchmark');

/** The verdict in one line, then every rule under its standard. */
export function Findings({ found, study }: { found: Audited; study: Study }) {
  const { rules } = found.audit;
  const met = rules.filter(isMet).length;
  const failed = rules.filter((rule) => rule.outcome === 'fail').length;
  const counted = rules.filter(isCounted).length;
  const rest = rules.length - met - failed - counted;
  const order = [...new Set(rules.map((rule) => rule.standard))];
  return (
    <section class="findings" data-testid="findings" data-met={met} data-failed={failed}>
      <p class="hint">{t('audit.of', { name: found.of ?? t('scenario.baseline') })}</p>
      <p class="audit-sum">
        <span class="sum met">
          <strong class="num">{met}</strong> {t('audit.met')}
        </span>
        <span class="sum failed">
          <strong class="num">{failed}</strong> {t('audit.notMet')}
        </span>
        {counted > 0 && (
          <span class="sum">
            <strong class="num">{counted}</strong> {t('audit.counted')}
          </span>
        )}
        {rest > 0 && (
          <span class="sum">
            <strong class="num">{rest}</strong> {t('audit.unsaid')}
          </span>
        )}
      </p>
      {order.map((id) => (
        <Standard key={id} standard={study.standards.find((one) => one.id === id) ?? { id, en: '', zh: '' }} rules={rules.filter((rule) => rule.standard === id)} study={study} />
      ))}
      {rules.some((rule) => !rule.verified) && <p class="hint">{t('audit.dagger')}</p>}
    </section>
  );
}

function Standard({ standard, rules, study }: { standard: Worded; rules: readonly AuditRule[]; study: Study }) {
  const met = rules.filter(isMet).length;
  const all = rules.filter((rule) => !isCounted(rule)).length;
  return (
    <section class="standard" data-testid="audit-standard" data-standard={standard.id}>
      <div class="section-head">
        <h3>{nameOf(standard)}</h3>
        <span class="hint num">{t('audit.metOf', { n: met, all })}</span>
      </div>
      <Word standard={standard} rules={rules} />
      <ul class="audit-rules">
        {rules.map((rule) => (
          <Row key={rule.rule} rule={rule} study={study} />
        ))}
      </ul>
    </section>
  );
}

const MARKS: Record<string, IconName> = { benchmark: 'check', pass: 'check', fail: 'cross' };

function Row({ rule, study }: { rule: AuditRule; study: Study }) {
  const id = `${rule.standard}/${rule.rule}`;
  const chosen = chosenRule.value === id;
  const counted = isCounted(rule);
  return (
    <li class={`audit-rule ${counted ? 'counted' : isMet(rule) ? 'met' : 'failing'}${chosen ? ' chosen' : ''}`} data-testid="audit-rule" data-rule={id} data-outcome={rule.outcome} data-value={rule.share ?? ''} data-covered={rule.covered_persons}>
      <button type="button" class="audit-line" aria-expanded={chosen} onClick={() => (chosen ? (chosenRule.value = null) : show(rule, study))}>
        <span class="rule-mark" role="img" aria-label={t(outcomeKey(rule))}>
          <Icon name={counted ? 'minus' : (MARKS[rule.outcome] ?? 'minus')} size={14} />
        </span>
        <span class="audit-name">
          {title(rule)}
          {!rule.verified && (
            <span class="dagger" title={t('audit.unverified')}>
              †
            </span>
          )}
        </span>
        <span class="audit-share">
          <span class="num">
            <strong>{share(rule.share, language.value)}</strong>
            <span class="hint"> {counted ? t('audit.counted') : `/ ${share(rule.pass_share, language.value)}`}</span>
          </span>
          <span class="against">
            <Bar share={rule.share} tone={counted || isMet(rule) ? 'covered' : 'uncovered'} />
            {!counted && rule.pass_share !== null && <span class="pass-mark" style={{ left: `${rule.pass_share * 100}%` }} aria-hidden="true" />}
          </span>
        </span>
      </button>
      {chosen && <Detail rule={rule} exact={isExact(rule, study)} />}
    </li>
  );
}

function outcomeKey(rule: AuditRule): 'audit.counted' | 'outcome.benchmark' | 'outcome.pass' | 'outcome.fail' | 'outcome.unsaid' {
  if (isCounted(rule)) return 'audit.counted';
  switch (rule.outcome) {
    case 'benchmark':
      return 'outcome.benchmark';
    case 'pass':
      return 'outcome.pass';
    case 'fail':
      return 'outcome.fail';
    default:
      return 'outcome.unsaid';
  }
}

/** How firm the finding is, and on whose word it is asked for. */
function Detail({ rule, exact }: { rule: AuditRule; exact: boolean }) {
  return (
    <div class="audit-detail" data-testid="audit-detail">
      {!exact && <p class="hint">{t(typeof rule.cutoff_m === 'number' ? 'audit.partMeters' : 'audit.partServices')}</p>}
      <dl class="facts">
        <div>
          <dt>{t('audit.cutoff')}</dt>
          <dd class="num">{typeof rule.cutoff_min === 'number' ? t('cutoff.value', { n: rule.cutoff_min }) : meters(rule.cutoff_m ?? null, language.value)}</dd>
        </div>
        <div>
          <dt>{t('audit.leftOut')}</dt>
          <dd class="num">
            {demandText(rule.left_out_persons)} / {demandText(rule.persons)}
          </dd>
        </div>
        <div>
          <dt>{t('audit.facilities')}</dt>
          <dd class="num">{count(rule.facilities, language.value)}</dd>
        </div>
        {rule.speeds.map((at) => (
          <div key={at.walk_speed_m_s}>
            <dt>{t('audit.atSpeed', { speed: speed(at.walk_speed_m_s, language.value) })}</dt>
            <dd class="num" data-testid="audit-speed" data-value={at.share ?? ''}>
              {share(at.share, language.value)}
            </dd>
          </div>
        ))}
      </dl>
      <p class="hint source">
        {inEither(rule.source, rule.source_zh)}
        {!rule.verified && ` ${t('audit.unverified')}`}
      </p>
    </div>
  );
}
