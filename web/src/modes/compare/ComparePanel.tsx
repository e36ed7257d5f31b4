import { t } from '../../i18n';
import { BASELINE, before, comparisonLoader, layout } from '../../state/compare';
import { latest } from '../../state/resource';
import { chooseScenario, scenarioId, scenarios } from '../../state/scenario';
import { Icon } from '../../ui/Icon';
import { Notice } from '../../ui/Notice';
import { Select } from '../../ui/Select';
import { Answer } from './Answer';

/** Which of two states is better, for whom and where. */
export function ComparePanel() {
  const after = scenarioId.value ?? BASELINE;
  return (
    <div class="stack compare">
      {scenarios.value.length === 0 ? (
        <div class="invite" data-testid="compare-invite">
          <Icon name="compare" size={28} />
          <p>{t('compare.invite')}</p>
        </div>
      ) : (
        <>
          <Choice after={after} />
          <Layout />
          {before.value === after ? <p class="empty good">{t('compare.same')}</p> : <Found />}
        </>
      )}
    </div>
  );
}

function Choice({ after }: { after: string }) {
  const choices = [{ value: BASELINE, text: t('scenario.baseline') }, ...scenarios.value.map(({ id, name }) => ({ value: id, text: name }))];
  const takeAfter = (id: string) => chooseScenario(id === BASELINE ? null : id);
  const swap = () => {
    const old = before.peek();
    before.value = after;
    takeAfter(old);
  };
  return (
    <div class="versus">
      <Select id="compare-before" label={t('compare.before')} value={before.value} choices={choices} onChoose={(id) => (before.value = id)} />
      <button type="button" class="icon-button" data-testid="compare-swap" aria-label={t('compare.swap')} title={t('compare.swap')} onClick={swap}>
        ⇄
      </button>
      <Select id="compare-after" label={t('compare.after')} value={after} choices={choices} onChoose={takeAfter} />
    </div>
  );
}

function Layout() {
  return (
    <div class="segmented" role="group" aria-label={t('compare.layout')}>
      {(['side', 'swipe'] as const).map((id) => (
        <button key={id} type="button" data-testid={`layout-${id}`} aria-pressed={layout.value === id} onClick={() => (layout.value = id)}>
          {t(`compare.${id}`)}
        </button>
      ))}
    </div>
  );
}

function Found() {
  const state = comparisonLoader.state.value;
  if (state.kind === 'failed') return <Notice problem={state.problem} onRetry={() => comparisonLoader.retry()} />;
  const found = latest(state);
  if (found === null) return <p class="hint waiting">{t('totals.updating')}</p>;
  return <Answer found={found} fresh={state.kind === 'ready'} />;
}
