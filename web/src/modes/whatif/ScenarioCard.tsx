import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api } from '../../api/client';
import type { HistoryEntry, Scenario } from '../../api/scenario-types';
import { moment } from '../../format';
import { t } from '../../i18n';
import { latest, Loader } from '../../state/resource';
import { deleteScenario, describe, epoch, newScenario, scenario } from '../../state/scenario';
import { language } from '../../state/settings';
import { readOnly, study } from '../../state/study';
import { Notice } from '../../ui/Notice';

/** Its name and notes, its history, and what may be done with it as a whole. */
export function ScenarioCard() {
  const now = scenario.value;
  if (now === null) return null;
  return (
    <section class="scenario-card" data-testid="scenario-card" aria-label={t('whatif.about')}>
      <h3>{t('whatif.about')}</h3>
      {readOnly.value ? <Told now={now} /> : <Fields now={now} />}
      <History id={now.id} />
      {!readOnly.value && (
        <div class="actions">
          <button type="button" class="button small" data-testid="scenario-copy" onClick={() => void newScenario(now.id)}>
            {t('whatif.copy')}
          </button>
          <button type="button" class="button small" data-testid="scenario-delete" onClick={() => void deleteScenario()}>
            {t('whatif.delete')}
          </button>
        </div>
      )}
    </section>
  );
}

function Told({ now }: { now: Scenario }) {
  return (
    <>
      <strong>{now.name}</strong>
      {now.notes !== '' && <p class="notes">{now.notes}</p>}
    </>
  );
}

/** The name that stands afterwards: the old one where the new one is empty or refused. */
async function rename(name: string, old: string): Promise<string> {
  if (name === '' || name === old) return old;
  return (await describe({ name }))?.name ?? old;
}

/** Left alone while they are written in: only another kept text replaces what stands there. */
function Fields({ now }: { now: Scenario }) {
  return (
    <>
      <label class="field" for="scenario-name">
        <span class="field-label">{t('whatif.name')}</span>
        <input
          id="scenario-name"
          type="text"
          data-testid="scenario-name"
          maxLength={120}
          key={now.name}
          defaultValue={now.name}
          onChange={(event) => {
            const field = event.currentTarget;
            void rename(field.value.trim(), now.name).then((name) => (field.value = name));
          }}
        />
      </label>
      <label class="field" for="scenario-notes">
        <span class="field-label">{t('whatif.notes')}</span>
        <textarea id="scenario-notes" data-testid="scenario-notes" rows={3} key={now.notes} defaultValue={now.notes} onChange={(event) => event.currentTarget.value !== now.notes && void describe({ notes: event.currentTarget.value })} />
      </label>
    </>
  );
}

const past = new Loader<{ entries: HistoryEntry[] }>();
const unfolded = signal(false);

function History({ id }: { id: string }) {
  useEffect(
    () =>
      effect(() => {
        const at = study.peek()?.id;
        if (at !== undefined && epoch.value >= 0 && unfolded.value) past.load((abort) => api.history(at, id, abort));
      }),
    [id],
  );
  const state = past.state.value;
  return (
    <details data-testid="history" open={unfolded.value} onToggle={(event) => (unfolded.value = event.currentTarget.open)}>
      <summary>{t('whatif.history')}</summary>
      {state.kind === 'failed' && <Notice problem={state.problem} onRetry={() => past.retry()} />}
      <ol class="history">
        {[...(latest(state)?.entries ?? [])].reverse().map((entry) => (
          <li key={`${entry.revision}/${entry.at}`}>
            <span>{entry.summary}</span>
            <time class="hint num" dateTime={entry.at}>
              {moment(entry.at, language.value)}
            </time>
          </li>
        ))}
      </ol>
    </details>
  );
}
