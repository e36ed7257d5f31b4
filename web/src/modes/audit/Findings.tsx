import type { AuditRule, Completeness, Outcome } from '../../api/job-types';
import type { Study } from '../../api/types';
import { count, meters, NONE, share, speed } from '../../format';
import { nameOf, t, type Key } from '../../i18n';
import { chosenRule, isExact, show, type Audited } from '../../state/audit';
import { language } from '../../state/settings';
import { Bar } from '../../ui/Bar';
import { demandText } from '../../ui/demand';
import { Icon, type IconName } from '../../ui/Icon';
import { inEither, Word, type Worded } from './Word';

const title = (rule: AuditRule): string => nameOf({ id: rule.rule, en: rule.en, zh: rule.zh });
const isMet = (rule: AuditRule) => rule.outcome === 'pass' || rule.outcome === 'benchmark';
const isJudged = (rule: AuditRule) => isMet(rule) || rule.outcome === 'fail';

/** The verdict in one line, then every rule under its standard. */
export function Findings({ found, study }: { found: Audited; study: Study }) {
  const { rules, tally } = found.audit;
  const without: readonly [number, Key][] = [
    [tally.not_recorded, 'audit.notRecorded'],
    [tally.unverified, 'audit.unverifiedSum'],
    [tally.counted_only, 'audit.counted'],
    [tally.not_assessable, 'audit.nobody'],
  ];
  const order = [...new Set(rules.map((rule) => rule.standard))];
  return (
    <section class="findings" data-testid="findings" data-met={tally.met} data-failed={tally.failed}>
      <p class="hint">{t('audit.of', { name: found.of ?? t('scenario.baseline') })}</p>
      <Recorded of={found.audit.completeness} />
      <p class="audit-sum">
        <span class="sum met">
          <strong class="num">{tally.met}</strong> {t('audit.met')}
        </span>
        <span class="sum failed">
          <strong class="num">{tally.failed}</strong> {t('audit.notMet')}
        </span>
        {without
          .filter(([n]) => n > 0)
          .map(([n, key]) => (
            <span key={key} class="sum">
              <strong class="num">{n}</strong> {t(key)}
            </span>
          ))}
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
  const all = rules.filter(isJudged).length;
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
  const judged = isJudged(rule);
  const unknown = rule.outcome === 'not_recorded';
  return (
    <li class={`audit-rule ${!judged ? 'counted' : isMet(rule) ? 'met' : 'failing'}${chosen ? ' chosen' : ''}`} data-testid="audit-rule" data-rule={id} data-outcome={rule.outcome} data-value={rule.judged_share ?? ''} data-covered={rule.covered_persons ?? ''}>
      <button type="button" class="audit-line" aria-expanded={chosen} onClick={() => (chosen ? (chosenRule.value = null) : show(rule, study))}>
        <span class="rule-mark" role="img" aria-label={t(OUTCOMES[rule.outcome])}>
          <Icon name={MARKS[rule.outcome] ?? 'minus'} size={14} />
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
            <strong>{share(unknown ? null : rule.judged_share, language.value)}</strong>
            <span class="hint"> {judged ? `/ ${share(rule.pass_share, language.value)}` : t(OUTCOMES[rule.outcome])}</span>
          </span>
          <span class="against">
            <Bar share={unknown ? null : rule.judged_share} tone={!judged || isMet(rule) ? 'covered' : 'uncovered'} />
            {judged && rule.pass_share !== null && <span class="pass-mark" style={{ left: `${rule.pass_share * 100}%` }} aria-hidden="true" />}
          </span>
        </span>
      </button>
      {chosen && <Detail rule={rule} exact={isExact(rule, study)} />}
    </li>
  );
}

const OUTCOMES: Record<Outcome, Key> = {
  benchmark: 'outcome.benchmark',
  pass: 'outcome.pass',
  fail: 'outcome.fail',
  counted_only: 'outcome.counted',
  unverified: 'outcome.unverified',
  not_recorded: 'outcome.notRecorded',
  not_assessable: 'outcome.nobody',
};

/** How complete the layers are, before any verdict that rests on them. */
function Recorded({ of }: { of: Completeness }) {
  const list = (parts: string[]) => parts.join(t('audit.listGap'));
  const missing = of.functions.filter((row) => !row.recorded).map((row) => nameOf({ id: row.function, en: row.en, zh: row.zh }));
  const off = of.functions
    .filter((row) => row.off_network > 0)
    .map((row) => t('audit.partOf', { name: nameOf({ id: row.function, en: row.en, zh: row.zh }), n: row.off_network, all: row.open + row.off_network }));
  return (
    <section class="recorded" data-testid="audit-recorded" data-no-street={of.no_street_persons} data-missing={missing.length}>
      <h3>{t('audit.recorded')}</h3>
      {of.unit === 'street_meters' && <p class="hint">{t('audit.meters')}</p>}
      <p class="hint">{of.no_street_persons > 0 ? t('audit.streetsLacking', { n: demandText(of.no_street_persons), share: share(of.no_street_share, language.value) }) : t('audit.streetsAll')}</p>
      <p class="hint">{missing.length > 0 ? t('audit.placesNone', { list: list(missing) }) : t('audit.placesAll')}</p>
      {off.length > 0 && <p class="hint">{t('audit.placesOff', { list: list(off) })}</p>}
    </section>
  );
}

/** How firm the finding is, and on whose word it is asked for. */
function Detail({ rule, exact }: { rule: AuditRule; exact: boolean }) {
  return (
    <div class="audit-detail" data-testid="audit-detail">
      <p class="hint" data-testid="audit-name">
        {nameOf({ id: rule.rule, en: rule.name_en, zh: rule.name_zh })}
      </p>
      {!exact && <p class="hint">{t(typeof rule.cutoff_m === 'number' ? 'audit.partMeters' : 'audit.partServices')}</p>}
      <dl class="facts">
        <div>
          <dt>{t('audit.cutoff')}</dt>
          <dd class="num">{typeof rule.cutoff_min === 'number' ? t('cutoff.value', { n: rule.cutoff_min }) : meters(rule.cutoff_m ?? null, language.value)}</dd>
        </div>
        <div>
          <dt>{t('audit.judged')}</dt>
          <dd class="num">{share(rule.outcome === 'not_recorded' ? null : rule.judged_share, language.value)}</dd>
        </div>
        <div>
          <dt>{t('audit.walked')}</dt>
          <dd class="num" data-testid="audit-walked" data-value={rule.share ?? ''}>
            {share(rule.outcome === 'not_recorded' ? null : rule.share, language.value)}
          </dd>
        </div>
        {rule.capacity && (
          <div>
            <dt>{t('audit.places')}</dt>
            <dd class="num">{demandText(rule.capacity.served_persons)}</dd>
          </div>
        )}
        {rule.no_street_persons > 0 && (
          <div>
            <dt>{t('audit.noStreet')}</dt>
            <dd class="num">{demandText(rule.no_street_persons)}</dd>
          </div>
        )}
        <div>
          <dt>{t('audit.leftOut')}</dt>
          <dd class="num">
            {rule.outcome === 'not_recorded' || rule.left_out_persons === null ? NONE : demandText(rule.left_out_persons)} / {demandText(rule.persons)}
          </dd>
        </div>
        <div>
          <dt>{t('audit.facilities')}</dt>
          <dd class="num">{count(rule.facilities, language.value)}</dd>
        </div>
        {rule.off_network_facilities > 0 && (
          <div>
            <dt>{t('audit.offNetwork')}</dt>
            <dd class="num">{count(rule.off_network_facilities, language.value)}</dd>
          </div>
        )}
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
