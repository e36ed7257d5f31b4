import { served } from '../../api/served';
import type { Study } from '../../api/types';
import { count } from '../../format';
import { nameOf, t } from '../../i18n';
import { query } from '../../state/app';
import { candidateFiles, change, form } from '../../state/place';
import { DEFAULT_FROM } from '../../state/place-ask';
import { language } from '../../state/settings';
import { openUpload } from '../../state/upload';

const UPLOAD = '+file';

/** Where a site could be. */
export function Candidates({ study }: { study: Study }) {
  const from = form.value.from;
  const choices = [
    { value: DEFAULT_FROM, text: t('from.default') },
    { value: 'junctions', text: t('from.junctions') },
    { value: 'midblocks', text: t('from.midblocks') },
    { value: 'grid:300', text: t('from.grid', { m: 300 }) },
    { value: 'network', text: t('from.network') },
    ...candidateFiles.value.map(({ token, name }) => ({ value: `file:${token}`, text: t('from.file', { name }) })),
    ...(served('layers') ? [{ value: UPLOAD, text: t('from.upload') }] : []),
  ];
  return (
    <label class="field" for="place-from">
      <span class="field-label">{t('place.candidates')}</span>
      <select
        id="place-from"
        data-testid="place-from"
        value={from}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          if (chosen !== UPLOAD) return change({ from: chosen });
          event.currentTarget.value = from;
          openUpload('candidates');
        }}
      >
        {choices.map(({ value, text }) => (
          <option key={value} value={value} selected={value === from}>
            {text}
          </option>
        ))}
        <optgroup label={t('from.upgrade')}>
          {study.functions
            .filter((f) => f.facilities > 0 && f.id !== query.value?.function)
            .map((f) => (
              <option key={f.id} value={`facilities:${f.id}`} selected={from === `facilities:${f.id}`}>
                {t('control.facilities', { name: nameOf(f), n: count(f.facilities, language.value) })}
              </option>
            ))}
        </optgroup>
      </select>
    </label>
  );
}
