import { served } from '../../api/served';
import type { Study } from '../../api/types';
import { count } from '../../format';
import { nameOf, t } from '../../i18n';
import { ask, query } from '../../state/app';
import { language } from '../../state/settings';
import { readOnly } from '../../state/study';
import { openUpload } from '../../state/upload';
import { Select } from '../../ui/Select';
import { LayerList } from './LayerList';
import { Search } from './Search';
import { StudyFacts } from './StudyFacts';

/** What is here: search, what the map shows, and where the study comes from. */
export function ExplorePanel({ study }: { study: Study }) {
  return (
    <div class="stack">
      {served('search') && <Search />}
      <Select
        id="explore-function"
        label={t('control.function')}
        value={query.value?.function ?? ''}
        choices={study.functions.map((f) => ({ value: f.id, text: t('control.facilities', { name: nameOf(f), n: count(f.facilities, language.value) }) }))}
        onChoose={(id) => ask({ function: id })}
      />
      <LayerList />
      {served('layers') && !readOnly.value && (
        <button type="button" class="button" data-testid="upload-open" onClick={() => openUpload('facilities')}>
          {t('upload.open')}
        </button>
      )}
      <StudyFacts study={study} />
    </div>
  );
}
