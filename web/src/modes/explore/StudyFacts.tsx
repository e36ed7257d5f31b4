import type { Study } from '../../api/types';
import { count, hash } from '../../format';
import { known, t } from '../../i18n';
import { language } from '../../state/settings';

/** What was noticed, in words; the program's own word where the page has none. */
function issueName(kind: string): string {
  const key = `issue.${kind}`;
  return known(key) ? t(key) : kind;
}

/** How much the study holds, and what was found wrong in its inputs. */
export function StudyFacts({ study }: { study: Study }) {
  return (
    <section>
      <h2>{t('study.title')}</h2>
      <dl class="facts">
        <dt>{t('study.points')}</dt>
        <dd class="num">{count(study.demand.points, language.value)}</dd>
        <dt>{t('study.issues')}</dt>
        <dd class="num" data-testid="issues">
          {count(study.issues.total, language.value)}
        </dd>
        <dt>{t('study.hash')}</dt>
        <dd class="mono">{hash(study.study_hash)}</dd>
      </dl>
      {study.issues.total > 0 && (
        <dl class="facts quiet">
          {Object.entries(study.issues.counts).map(([kind, n]) => (
            <div key={kind}>
              <dt title={kind}>{issueName(kind)}</dt>
              <dd class="num">{count(n, language.value)}</dd>
            </div>
          ))}
        </dl>
      )}
      <p class="hint">{t('study.version', { version: study.version })}</p>
    </section>
  );
}
