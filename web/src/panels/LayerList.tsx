import type { Study } from '../api/types';
import { count, hash } from '../format';
import { t } from '../i18n';
import { hidden, toggleLayer } from '../state/app';
import { language } from '../state/settings';
import { LAYERS } from '../state/url';

export function LayerList({ study }: { study: Study }) {
  return (
    <div class="overview">
      <section>
        <h2>{t('layer.title')}</h2>
        <div class="switches">
          {LAYERS.map((id) => (
            <label key={id} class="switch">
              <span>{t(`layer.${id}`)}</span>
              <input type="checkbox" role="switch" data-testid={`layer-${id}`} checked={!hidden.value.includes(id)} onChange={() => toggleLayer(id)} />
            </label>
          ))}
        </div>
      </section>
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
                <dt class="mono">{kind}</dt>
                <dd class="num">{count(n, language.value)}</dd>
              </div>
            ))}
          </dl>
        )}
        <p class="hint">{t('study.version', { version: study.version })}</p>
      </section>
    </div>
  );
}
