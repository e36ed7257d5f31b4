import type { ImportReport } from '../api/job-types';
import { count } from '../format';
import { nameOf, t } from '../i18n';
import { language } from '../state/settings';
import { study } from '../state/study';

/** What was understood of a file: how much was kept, and what was not and why. */
export function ImportTold({ file, report }: { file: string; report: ImportReport }) {
  const n = (value: number) => count(value, language.value);
  const skipped = report.skipped ?? report.read - report.kept;
  const names = new Map([...(study.value?.functions ?? []), ...(study.value?.groups ?? [])].map((one) => [one.id, nameOf(one)]));
  return (
    <div class="stack told" data-testid="import-report" data-kept={report.kept}>
      <p class="told-file">{file}</p>
      <dl class="told-numbers">
        {(
          [
            ['import.read', report.read],
            ['import.kept', report.kept],
            ['import.skipped', skipped],
          ] as const
        ).map(([key, value]) => (
          <div key={key}>
            <dt>{t(key)}</dt>
            <dd class={`num${key === 'import.skipped' && value > 0 ? ' over' : ''}`}>{n(value)}</dd>
          </div>
        ))}
      </dl>
      <dl class="facts">
        {report.crs && (
          <div>
            <dt>{t('import.crs')}</dt>
            <dd>
              {report.crs.name} <span class="hint">{t(report.crs.detected ? 'import.detected' : 'import.declared')}</span>
            </dd>
          </div>
        )}
        {report.encoding && (
          <div>
            <dt>{t('import.encoding')}</dt>
            <dd>{report.encoding}</dd>
          </div>
        )}
        {(report.functions ?? []).map(({ id, count: many }) => (
          <div key={id}>
            <dt>{names.get(id) ?? id}</dt>
            <dd class="num">{n(many)}</dd>
          </div>
        ))}
        {(report.persons ?? []).map(({ group, persons }) => (
          <div key={group}>
            <dt>{names.get(group) ?? group}</dt>
            <dd class="num">{t('import.persons', { n: n(persons) })}</dd>
          </div>
        ))}
        {report.writes && (
          <div>
            <dt>{t('import.writes')}</dt>
            <dd>{report.writes}</dd>
          </div>
        )}
      </dl>
      {report.replaces && (
        <p class="replaces" data-testid="import-replaces">
          {t(report.replaces.startsWith('facilities/') ? 'import.replaces' : report.replaces === 'zones' ? 'import.replacesZones' : 'import.replacesDemand', { name: report.layer })}
        </p>
      )}
      {report.columns.length > 0 && <Columns report={report} />}
      {report.issues.length > 0 && <Issues report={report} />}
    </div>
  );
}

function Columns({ report }: { report: ImportReport }) {
  return (
    <section>
      <h3>{t('import.columns')}</h3>
      <ul class="columns">
        {report.columns.map(({ header, meaning }) => (
          <li key={header} class={meaning === null ? 'unread' : ''}>
            <span class="mono">{header}</span>
            <span class="hint">{meaning ?? t('import.unread')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Issues({ report }: { report: ImportReport }) {
  const many = report.details ?? [];
  const why = (told: { reason: string; reason_zh?: string }) => (language.value === 'zh' ? told.reason_zh || told.reason : told.reason);
  const named = (issue: ImportReport['issues'][number]) => (language.value === 'zh' ? issue.zh : issue.en) ?? issue.kind;
  return (
    <section>
      <h3>{t('import.issues')}</h3>
      <ul class="issues">
        {report.issues.map((issue) => (
          <li key={issue.kind}>
            <span class="badge num">{count(issue.count, language.value)}</span>
            <span>
              <strong>{named(issue)}</strong>
              <span class="hint">{[issue.example, why(issue)].filter((text) => text !== '').join(language.value === 'zh' ? '：' : ': ')}</span>
            </span>
          </li>
        ))}
      </ul>
      {many.length > report.issues.length && (
        <details class="more" data-testid="import-details">
          <summary>{t('import.each', { n: count(many.length, language.value) })}</summary>
          <ul class="issues each">
            {many.map((one, index) => (
              <li key={index}>
                <span class="mono">{one.feature}</span>
                <span class="hint">{why(one)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
