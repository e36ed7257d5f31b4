import type { Edit } from '../../api/scenario-types';
import { count } from '../../format';
import { t } from '../../i18n';
import { flight } from '../../state/app';
import { scenario, scenarioLoader } from '../../state/scenario';
import { language } from '../../state/settings';
import { readOnly } from '../../state/study';
import { latest } from '../../state/resource';
import { placeOf, sentence } from './sentence';

/** The edits of the scenario, in the order they were made. */
export function EditList() {
  const now = scenario.value;
  const edits = now?.edits ?? [];
  const waiting = scenarioLoader.state.value.kind === 'loading' && latest(scenarioLoader.state.value) === null;
  if (waiting) return <p class="hint waiting">{t('whatif.loading')}</p>;
  return (
    <section>
      <div class="section-head">
        <h3>{now === null ? t('whatif.noScenario') : t('whatif.edits')}</h3>
        {now !== null && <span class="hint num">{count(edits.length, language.value)}</span>}
      </div>
      {edits.length === 0 ? (
        <p class="hint" data-testid="no-edits">
          {t(readOnly.value ? 'whatif.readOnly' : 'whatif.noEdits')}
        </p>
      ) : (
        <ol class="edits" data-testid="edits">
          {edits.map((edit, i) => (
            <Row key={i} edit={edit} n={i + 1} edits={edits} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Row({ edit, n, edits }: { edit: Edit; n: number; edits: readonly Edit[] }) {
  const place = placeOf(edit);
  const text = sentence(edit, edits);
  return (
    <li data-testid="edit" data-edit={edit.edit}>
      <span class="edit-n num">{n}</span>
      {place === null ? (
        <span>{text}</span>
      ) : (
        <button type="button" class="link" onClick={() => (flight.value = { kind: 'place', place })}>
          {text}
        </button>
      )}
    </li>
  );
}
