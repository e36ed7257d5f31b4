import { signal } from '@preact/signals';
import { api } from '../../api/client';
import type { SearchHit } from '../../api/types';
import { nameOf, t } from '../../i18n';
import { flight, inspect, study } from '../../state/app';
import { latest, Loader } from '../../state/resource';
import { site } from '../../state/scenario';
import { Icon } from '../../ui/Icon';
import { Notice } from '../../ui/Notice';

const words = signal('');
const active = signal(0);
const found = new Loader<{ results: SearchHit[] }>();
const QUIET_MS = 120;

function seek(text: string): void {
  words.value = text;
  active.value = 0;
  const here = site.peek();
  if (text.trim() === '' || here === null) found.clear();
  else found.load((abort) => api.search(here, text.trim(), abort), { delayMs: QUIET_MS });
}

function go(hit: SearchHit): void {
  flight.value = hit.bounds ? { kind: 'bounds', bounds: hit.bounds } : { kind: 'place', place: hit.place };
  if (hit.kind !== 'zone') inspect(hit.place);
}

/** What the server says of a hit; a facility's functions by the names of the study. */
function detailOf({ kind, detail }: SearchHit): string {
  if (kind !== 'facility' || !detail) return detail ?? '';
  const named = (id: string) => {
    const known = study.value?.functions.find((one) => one.id === id);
    return known ? nameOf(known) : id;
  };
  return detail.split(/,\s*/).map(named).join(', ');
}

/** Zones, facilities, streets and places by name; Chinese ones by pinyin and initials too. */
export function Search() {
  const state = found.state.value;
  const results = latest(state)?.results ?? [];
  const open = words.value.trim() !== '';
  const keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') seek('');
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && results.length > 0) {
      event.preventDefault();
      active.value = (active.peek() + step + results.length) % results.length;
    }
    const hit = results[active.peek()];
    if (event.key === 'Enter' && hit !== undefined) go(hit);
  };
  return (
    <section class="search">
      <label class="field-label" for="search">
        {t('search.label')}
      </label>
      <div class="search-box">
        <Icon name="search" size={18} />
        <input
          id="search"
          type="search"
          data-testid="search"
          role="combobox"
          list={undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder={t('search.placeholder')}
          aria-expanded={open}
          aria-controls="search-results"
          aria-activedescendant={open && results.length > 0 ? `search-${active.value}` : undefined}
          value={words.value}
          onInput={(event) => seek(event.currentTarget.value)}
          onKeyDown={keys}
        />
      </div>
      {state.kind === 'failed' && <Notice problem={state.problem} onRetry={() => found.retry()} />}
      <ul id="search-results" role="listbox" aria-label={t('search.results')} hidden={!open || results.length === 0} data-testid="search-results">
        {results.map((hit, i) => (
          <li
            key={i}
            id={`search-${i}`}
            role="option"
            aria-selected={i === active.value}
            class={i === active.value ? 'active' : ''}
            data-testid="search-hit"
            onPointerEnter={() => (active.value = i)}
            onClick={() => go(hit)}
          >
            <span class="hit-name">{hit.name}</span>
            <span class="hint">{[t(`kind.${hit.kind}`), detailOf(hit)].filter((text) => text !== '').join(' · ')}</span>
          </li>
        ))}
      </ul>
      <p class="hint" role="status" data-testid="search-status">
        {open && state.kind === 'ready' && results.length === 0 ? t('search.none', { words: words.value.trim() }) : ''}
      </p>
    </section>
  );
}
